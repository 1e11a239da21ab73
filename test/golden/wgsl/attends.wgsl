// attention: 2 workgroups
@group(0) @binding(0) var<storage, read> t0: array<u32>;
@group(0) @binding(1) var<storage, read_write> t1: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> t2: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read_write> t3: array<vec4<f32>>;
var<workgroup> tile: array<vec4<f32>, 32>;
fn scale_by_power(x: f32, n: i32) -> f32 {
  let half = n / 2;
  let first = bitcast<f32>(u32(half + 127) << 23u);
  let second = bitcast<f32>(u32(n - half + 127) << 23u);
  return x * first * second;
}
fn infinity() -> f32 {
  var bits = 0x7f800000u;
  return bitcast<f32>(bits);
}
fn exponential(x: f32) -> f32 {
  let n = clamp(floor(x * 1.44269504f + 0.5f), -150.0f, 129.0f);
  let r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
  var p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  let y = scale_by_power(p * r * r + r + 1.0f, i32(n));
  return select(select(y, infinity(), x > 88.8f), 0.0f, x < -104.0f);
}
fn not_a_number() -> f32 {
  var bits = 0x7fc00000u;
  return bitcast<f32>(bits);
}
fn is_nan(x: f32) -> bool {
  return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u;
}
fn curved_logarithm(m: f32) -> f32 {
  let z = m * m;
  var p = 7.0376836292e-2f;
  p = p * m - 1.1514610310e-1f;
  p = p * m + 1.1676998740e-1f;
  p = p * m - 1.2420140846e-1f;
  p = p * m + 1.4249322787e-1f;
  p = p * m - 1.6668057665e-1f;
  p = p * m + 2.0000714765e-1f;
  p = p * m - 2.4999993993e-1f;
  p = p * m + 3.3333331174e-1f;
  return p * m * z - 0.5f * z;
}
fn logarithm(x: f32) -> f32 {
  if (x == 0.0f) { return -infinity(); }
  if (x < 0.0f || is_nan(x)) { return not_a_number(); }
  if (x == infinity()) { return x; }
  let tiny = x < 1.17549435e-38f;
  let bits = bitcast<u32>(select(x, x * 16777216.0f, tiny));
  var e = i32(bits >> 23u) - 126 - select(0, 24, tiny);
  var m = bitcast<f32>((bits & 0x007fffffu) | 0x3f000000u);
  if (m < 0.70710678f) {
    e -= 1;
    m = m + m;
  }
  m = m - 1.0f;
  let n = f32(e);
  return m + (curved_logarithm(m) - n * 2.12194440e-4f) + n * 0.693359375f;
}
@compute @workgroup_size(8)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) workgroups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let group = workgroup.x + workgroup.y * workgroups.x;
  let h = group / 1u;
  let first = (group % 1u) * 8u;
  let own = lane % 8u;
  let part = lane / 8u;
  workgroupBarrier();
  for (var cell = lane; cell < 16u; cell += 8u) {
    let v0 = first + cell / 2u;
    let v1 = cell % 2u;
    var staged2 = vec4<f32>();
    if (v0 < 6u) {
      let v3 = bitcast<f32>(t0[h * 48u + v0 * 8u + v1 * 4u + 0u]);
      let v4 = bitcast<f32>(t0[h * 48u + v0 * 8u + v1 * 4u + 1u + 0u]);
      let v5 = bitcast<f32>(t0[h * 48u + v0 * 8u + v1 * 4u + 2u + 0u]);
      let v6 = bitcast<f32>(t0[h * 48u + v0 * 8u + v1 * 4u + 3u + 0u]);
      staged2 = vec4<f32>(v3, v4, v5, v6);
    }
    tile[cell + 0u] = staged2;
  }
  workgroupBarrier();
  let v7 = min(first + own, 5u);
  let query0_0 = tile[(own + 0u) * 2u + 0u] * 0.5f;
  let query0_1 = tile[(own + 0u) * 2u + 1u] * 0.5f;
  var sum0_0 = vec4<f32>();
  var sum0_1 = vec4<f32>();
  var largest0 = -1e38f;
  var total0 = 0.0f;
  let seen0 = min(6u, first + own + 1u);
  for (var start = 0u; start < min(6u, first + 7u + 1u); start += 8u) {
    workgroupBarrier();
    for (var cell = lane; cell < 16u; cell += 8u) {
      let v8 = start + cell / 2u;
      let v9 = cell % 2u;
      var staged10 = vec4<f32>();
      if (v8 < 6u) {
        let v11 = bitcast<f32>(t0[h * 48u + v8 * 8u + v9 * 4u + 96u]);
        let v12 = bitcast<f32>(t0[h * 48u + v8 * 8u + v9 * 4u + 1u + 96u]);
        let v13 = bitcast<f32>(t0[h * 48u + v8 * 8u + v9 * 4u + 2u + 96u]);
        let v14 = bitcast<f32>(t0[h * 48u + v8 * 8u + v9 * 4u + 3u + 96u]);
        staged10 = vec4<f32>(v11, v12, v13, v14);
      }
      tile[cell + 0u] = staged10;
    }
    for (var cell = lane; cell < 16u; cell += 8u) {
      let v15 = start + cell / 2u;
      let v16 = cell % 2u;
      var staged17 = vec4<f32>();
      if (v15 < 6u) {
        let v18 = bitcast<f32>(t0[h * 48u + v15 * 8u + v16 * 4u + 192u]);
        let v19 = bitcast<f32>(t0[h * 48u + v15 * 8u + v16 * 4u + 1u + 192u]);
        let v20 = bitcast<f32>(t0[h * 48u + v15 * 8u + v16 * 4u + 2u + 192u]);
        let v21 = bitcast<f32>(t0[h * 48u + v15 * 8u + v16 * 4u + 3u + 192u]);
        staged17 = vec4<f32>(v18, v19, v20, v21);
      }
      tile[cell + 16u] = staged17;
    }
    workgroupBarrier();
    for (var block = 0u; block < 8u; block += 8u) {
      var score0_0 = 0.0f;
      var score0_1 = 0.0f;
      var score0_2 = 0.0f;
      var score0_3 = 0.0f;
      var score0_4 = 0.0f;
      var score0_5 = 0.0f;
      var score0_6 = 0.0f;
      var score0_7 = 0.0f;
      score0_0 += dot(query0_0, tile[(block + 0u) * 2u + 0u]);
      score0_1 += dot(query0_0, tile[(block + 1u) * 2u + 0u]);
      score0_2 += dot(query0_0, tile[(block + 2u) * 2u + 0u]);
      score0_3 += dot(query0_0, tile[(block + 3u) * 2u + 0u]);
      score0_4 += dot(query0_0, tile[(block + 4u) * 2u + 0u]);
      score0_5 += dot(query0_0, tile[(block + 5u) * 2u + 0u]);
      score0_6 += dot(query0_0, tile[(block + 6u) * 2u + 0u]);
      score0_7 += dot(query0_0, tile[(block + 7u) * 2u + 0u]);
      score0_0 += dot(query0_1, tile[(block + 0u) * 2u + 1u]);
      score0_1 += dot(query0_1, tile[(block + 1u) * 2u + 1u]);
      score0_2 += dot(query0_1, tile[(block + 2u) * 2u + 1u]);
      score0_3 += dot(query0_1, tile[(block + 3u) * 2u + 1u]);
      score0_4 += dot(query0_1, tile[(block + 4u) * 2u + 1u]);
      score0_5 += dot(query0_1, tile[(block + 5u) * 2u + 1u]);
      score0_6 += dot(query0_1, tile[(block + 6u) * 2u + 1u]);
      score0_7 += dot(query0_1, tile[(block + 7u) * 2u + 1u]);
      score0_0 = select(-1e38f, score0_0, start + block + 0u < seen0);
      score0_1 = select(-1e38f, score0_1, start + block + 1u < seen0);
      score0_2 = select(-1e38f, score0_2, start + block + 2u < seen0);
      score0_3 = select(-1e38f, score0_3, start + block + 3u < seen0);
      score0_4 = select(-1e38f, score0_4, start + block + 4u < seen0);
      score0_5 = select(-1e38f, score0_5, start + block + 5u < seen0);
      score0_6 = select(-1e38f, score0_6, start + block + 6u < seen0);
      score0_7 = select(-1e38f, score0_7, start + block + 7u < seen0);
      let next0 = max(max(max(max(max(max(max(max(largest0, score0_0), score0_1), score0_2), score0_3), score0_4), score0_5), score0_6), score0_7);
      let shrink0 = exponential(largest0 - next0);
      largest0 = next0;
      score0_0 = exponential(score0_0 - next0);
      score0_1 = exponential(score0_1 - next0);
      score0_2 = exponential(score0_2 - next0);
      score0_3 = exponential(score0_3 - next0);
      score0_4 = exponential(score0_4 - next0);
      score0_5 = exponential(score0_5 - next0);
      score0_6 = exponential(score0_6 - next0);
      score0_7 = exponential(score0_7 - next0);
      total0 = total0 * shrink0 + score0_0 + score0_1 + score0_2 + score0_3 + score0_4 + score0_5 + score0_6 + score0_7;
      sum0_0 = sum0_0 * shrink0 + score0_0 * tile[(block + 0u) * 2u + 16u] + score0_1 * tile[(block + 1u) * 2u + 16u] + score0_2 * tile[(block + 2u) * 2u + 16u] + score0_3 * tile[(block + 3u) * 2u + 16u] + score0_4 * tile[(block + 4u) * 2u + 16u] + score0_5 * tile[(block + 5u) * 2u + 16u] + score0_6 * tile[(block + 6u) * 2u + 16u] + score0_7 * tile[(block + 7u) * 2u + 16u];
      sum0_1 = sum0_1 * shrink0 + score0_0 * tile[(block + 0u) * 2u + 17u] + score0_1 * tile[(block + 1u) * 2u + 17u] + score0_2 * tile[(block + 2u) * 2u + 17u] + score0_3 * tile[(block + 3u) * 2u + 17u] + score0_4 * tile[(block + 4u) * 2u + 17u] + score0_5 * tile[(block + 5u) * 2u + 17u] + score0_6 * tile[(block + 6u) * 2u + 17u] + score0_7 * tile[(block + 7u) * 2u + 17u];
    }
  }
  if (part == 0u && first + own < 6u) {
    t1[(h * 6u + first + own) / 4u][(h * 6u + first + own) % 4u] = largest0 + logarithm(total0);
  }
  let inverse0 = 1.0f / total0;
  workgroupBarrier();
  if (part == 0u) {
    tile[own * 2u + 0u] = sum0_0 * inverse0;
    tile[own * 2u + 1u] = sum0_1 * inverse0;
  }
  workgroupBarrier();
  for (var cell = lane; cell < 64u; cell += 8u) {
    let q = first + cell / 8u;
    let e = cell % 8u;
    if (q < 6u) {
      let v22 = (cell / 8u) * 2u + e / 4u;
      let v23 = 1.0f * tile[v22 + 0u][e % 4u];
      let v24 = v23 + v23;
      t2[(e + h * 48u + q * 8u) / 4u][(e + h * 48u + q * 8u) % 4u] = tile[v22 + 0u][e % 4u];
      t3[(e + h * 48u + q * 8u) / 4u][(e + h * 48u + q * 8u) % 4u] = v24;
    }
  }
}

// attention along: 1 workgroups
@group(0) @binding(0) var<storage, read> t0: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> t1: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> t2: array<vec4<f32>>;
@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) workgroups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let group = workgroup.x + workgroup.y * workgroups.x;
  let r = group * 64u + lane;
  if (r >= 12u) { return; }
  var total = 0.0f;
  for (var c = 0u; c < 2u; c++) {
    let v0 = t0[c + r * 2u];
    let v1 = v0.x;
    let v2 = t1[c + r * 2u];
    let v3 = v2.x;
    total += v1 * v3;
    let v4 = v0.y;
    let v5 = v2.y;
    total += v4 * v5;
    let v6 = v0.z;
    let v7 = v2.z;
    total += v6 * v7;
    let v8 = v0.w;
    let v9 = v2.w;
    total += v8 * v9;
  }
  t2[(r) / 4u][(r) % 4u] = total;
}

// attention_dq: 2 workgroups
@group(0) @binding(0) var<storage, read> t0: array<u32>;
@group(0) @binding(1) var<storage, read> t1: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> t2: array<f32>;
@group(0) @binding(3) var<storage, read> t3: array<f32>;
@group(0) @binding(4) var<storage, read_write> t4: array<vec4<f32>>;
var<workgroup> tile: array<vec4<f32>, 32>;
fn scale_by_power(x: f32, n: i32) -> f32 {
  let half = n / 2;
  let first = bitcast<f32>(u32(half + 127) << 23u);
  let second = bitcast<f32>(u32(n - half + 127) << 23u);
  return x * first * second;
}
fn infinity() -> f32 {
  var bits = 0x7f800000u;
  return bitcast<f32>(bits);
}
fn exponential(x: f32) -> f32 {
  let n = clamp(floor(x * 1.44269504f + 0.5f), -150.0f, 129.0f);
  let r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
  var p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  let y = scale_by_power(p * r * r + r + 1.0f, i32(n));
  return select(select(y, infinity(), x > 88.8f), 0.0f, x < -104.0f);
}
@compute @workgroup_size(8)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) workgroups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let group = workgroup.x + workgroup.y * workgroups.x;
  let h = group / 1u;
  let first = (group % 1u) * 8u;
  let own = lane % 8u;
  let part = lane / 8u;
  workgroupBarrier();
  for (var cell = lane; cell < 16u; cell += 8u) {
    let v0 = first + cell / 2u;
    let v1 = cell % 2u;
    var staged2 = vec4<f32>();
    if (v0 < 6u) {
      let v3 = bitcast<f32>(t0[h * 48u + v0 * 8u + v1 * 4u + 0u]);
      let v4 = bitcast<f32>(t0[h * 48u + v0 * 8u + v1 * 4u + 1u + 0u]);
      let v5 = bitcast<f32>(t0[h * 48u + v0 * 8u + v1 * 4u + 2u + 0u]);
      let v6 = bitcast<f32>(t0[h * 48u + v0 * 8u + v1 * 4u + 3u + 0u]);
      staged2 = vec4<f32>(v3, v4, v5, v6);
    }
    tile[cell + 0u] = staged2;
  }
  workgroupBarrier();
  let v7 = min(first + own, 5u);
  let query0_0 = tile[(own + 0u) * 2u + 0u] * 0.5f;
  let query0_1 = tile[(own + 0u) * 2u + 1u] * 0.5f;
  workgroupBarrier();
  for (var cell = lane; cell < 16u; cell += 8u) {
    let v8 = first + cell / 2u;
    let v9 = cell % 2u;
    var staged10 = vec4<f32>();
    if (v8 < 6u) {
      let v11 = t1[h * 12u + v8 * 2u + v9];
      let v12 = v11.x;
      let v13 = v11.y;
      let v14 = v11.z;
      let v15 = v11.w;
      staged10 = vec4<f32>(v12, v13, v14, v15);
    }
    tile[cell + 0u] = staged10;
  }
  workgroupBarrier();
  let v16 = min(first + own, 5u);
  let cotangent0_0 = tile[(own + 0u) * 2u + 0u];
  let cotangent0_1 = tile[(own + 0u) * 2u + 1u];
  var sum0_0 = vec4<f32>();
  var sum0_1 = vec4<f32>();
  let log_sum0 = t2[h * 6u + min(first + own, 5u)];
  let along0 = t3[h * 6u + min(first + own, 5u)];
  let seen0 = min(6u, first + own + 1u);
  for (var start = 0u; start < min(6u, first + 7u + 1u); start += 8u) {
    workgroupBarrier();
    for (var cell = lane; cell < 16u; cell += 8u) {
      let v17 = start + cell / 2u;
      let v18 = cell % 2u;
      var staged19 = vec4<f32>();
      if (v17 < 6u) {
        let v20 = bitcast<f32>(t0[h * 48u + v17 * 8u + v18 * 4u + 96u]);
        let v21 = bitcast<f32>(t0[h * 48u + v17 * 8u + v18 * 4u + 1u + 96u]);
        let v22 = bitcast<f32>(t0[h * 48u + v17 * 8u + v18 * 4u + 2u + 96u]);
        let v23 = bitcast<f32>(t0[h * 48u + v17 * 8u + v18 * 4u + 3u + 96u]);
        staged19 = vec4<f32>(v20, v21, v22, v23);
      }
      tile[cell + 0u] = staged19;
    }
    for (var cell = lane; cell < 16u; cell += 8u) {
      let v24 = start + cell / 2u;
      let v25 = cell % 2u;
      var staged26 = vec4<f32>();
      if (v24 < 6u) {
        let v27 = bitcast<f32>(t0[h * 48u + v24 * 8u + v25 * 4u + 192u]);
        let v28 = bitcast<f32>(t0[h * 48u + v24 * 8u + v25 * 4u + 1u + 192u]);
        let v29 = bitcast<f32>(t0[h * 48u + v24 * 8u + v25 * 4u + 2u + 192u]);
        let v30 = bitcast<f32>(t0[h * 48u + v24 * 8u + v25 * 4u + 3u + 192u]);
        staged26 = vec4<f32>(v27, v28, v29, v30);
      }
      tile[cell + 16u] = staged26;
    }
    workgroupBarrier();
    for (var block = 0u; block < 8u; block += 8u) {
      var score0_0 = 0.0f;
      var score0_1 = 0.0f;
      var score0_2 = 0.0f;
      var score0_3 = 0.0f;
      var score0_4 = 0.0f;
      var score0_5 = 0.0f;
      var score0_6 = 0.0f;
      var score0_7 = 0.0f;
      score0_0 += dot(query0_0, tile[(block + 0u) * 2u + 0u]);
      score0_1 += dot(query0_0, tile[(block + 1u) * 2u + 0u]);
      score0_2 += dot(query0_0, tile[(block + 2u) * 2u + 0u]);
      score0_3 += dot(query0_0, tile[(block + 3u) * 2u + 0u]);
      score0_4 += dot(query0_0, tile[(block + 4u) * 2u + 0u]);
      score0_5 += dot(query0_0, tile[(block + 5u) * 2u + 0u]);
      score0_6 += dot(query0_0, tile[(block + 6u) * 2u + 0u]);
      score0_7 += dot(query0_0, tile[(block + 7u) * 2u + 0u]);
      score0_0 += dot(query0_1, tile[(block + 0u) * 2u + 1u]);
      score0_1 += dot(query0_1, tile[(block + 1u) * 2u + 1u]);
      score0_2 += dot(query0_1, tile[(block + 2u) * 2u + 1u]);
      score0_3 += dot(query0_1, tile[(block + 3u) * 2u + 1u]);
      score0_4 += dot(query0_1, tile[(block + 4u) * 2u + 1u]);
      score0_5 += dot(query0_1, tile[(block + 5u) * 2u + 1u]);
      score0_6 += dot(query0_1, tile[(block + 6u) * 2u + 1u]);
      score0_7 += dot(query0_1, tile[(block + 7u) * 2u + 1u]);
      var slope0_0 = 0.0f;
      var slope0_1 = 0.0f;
      var slope0_2 = 0.0f;
      var slope0_3 = 0.0f;
      var slope0_4 = 0.0f;
      var slope0_5 = 0.0f;
      var slope0_6 = 0.0f;
      var slope0_7 = 0.0f;
      slope0_0 += dot(cotangent0_0, tile[(block + 0u) * 2u + 16u]);
      slope0_1 += dot(cotangent0_0, tile[(block + 1u) * 2u + 16u]);
      slope0_2 += dot(cotangent0_0, tile[(block + 2u) * 2u + 16u]);
      slope0_3 += dot(cotangent0_0, tile[(block + 3u) * 2u + 16u]);
      slope0_4 += dot(cotangent0_0, tile[(block + 4u) * 2u + 16u]);
      slope0_5 += dot(cotangent0_0, tile[(block + 5u) * 2u + 16u]);
      slope0_6 += dot(cotangent0_0, tile[(block + 6u) * 2u + 16u]);
      slope0_7 += dot(cotangent0_0, tile[(block + 7u) * 2u + 16u]);
      slope0_0 += dot(cotangent0_1, tile[(block + 0u) * 2u + 17u]);
      slope0_1 += dot(cotangent0_1, tile[(block + 1u) * 2u + 17u]);
      slope0_2 += dot(cotangent0_1, tile[(block + 2u) * 2u + 17u]);
      slope0_3 += dot(cotangent0_1, tile[(block + 3u) * 2u + 17u]);
      slope0_4 += dot(cotangent0_1, tile[(block + 4u) * 2u + 17u]);
      slope0_5 += dot(cotangent0_1, tile[(block + 5u) * 2u + 17u]);
      slope0_6 += dot(cotangent0_1, tile[(block + 6u) * 2u + 17u]);
      slope0_7 += dot(cotangent0_1, tile[(block + 7u) * 2u + 17u]);
      slope0_0 = select(0.0f, exponential(score0_0 - log_sum0) * (slope0_0 - along0), start + block + 0u < seen0);
      slope0_1 = select(0.0f, exponential(score0_1 - log_sum0) * (slope0_1 - along0), start + block + 1u < seen0);
      slope0_2 = select(0.0f, exponential(score0_2 - log_sum0) * (slope0_2 - along0), start + block + 2u < seen0);
      slope0_3 = select(0.0f, exponential(score0_3 - log_sum0) * (slope0_3 - along0), start + block + 3u < seen0);
      slope0_4 = select(0.0f, exponential(score0_4 - log_sum0) * (slope0_4 - along0), start + block + 4u < seen0);
      slope0_5 = select(0.0f, exponential(score0_5 - log_sum0) * (slope0_5 - along0), start + block + 5u < seen0);
      slope0_6 = select(0.0f, exponential(score0_6 - log_sum0) * (slope0_6 - along0), start + block + 6u < seen0);
      slope0_7 = select(0.0f, exponential(score0_7 - log_sum0) * (slope0_7 - along0), start + block + 7u < seen0);
      sum0_0 = sum0_0 + slope0_0 * tile[(block + 0u) * 2u + 0u] + slope0_1 * tile[(block + 1u) * 2u + 0u] + slope0_2 * tile[(block + 2u) * 2u + 0u] + slope0_3 * tile[(block + 3u) * 2u + 0u] + slope0_4 * tile[(block + 4u) * 2u + 0u] + slope0_5 * tile[(block + 5u) * 2u + 0u] + slope0_6 * tile[(block + 6u) * 2u + 0u] + slope0_7 * tile[(block + 7u) * 2u + 0u];
      sum0_1 = sum0_1 + slope0_0 * tile[(block + 0u) * 2u + 1u] + slope0_1 * tile[(block + 1u) * 2u + 1u] + slope0_2 * tile[(block + 2u) * 2u + 1u] + slope0_3 * tile[(block + 3u) * 2u + 1u] + slope0_4 * tile[(block + 4u) * 2u + 1u] + slope0_5 * tile[(block + 5u) * 2u + 1u] + slope0_6 * tile[(block + 6u) * 2u + 1u] + slope0_7 * tile[(block + 7u) * 2u + 1u];
    }
  }
  workgroupBarrier();
  if (part == 0u) {
    tile[own * 2u + 0u] = sum0_0 * 0.5f;
    tile[own * 2u + 1u] = sum0_1 * 0.5f;
  }
  workgroupBarrier();
  for (var cell = lane; cell < 64u; cell += 8u) {
    let q = first + cell / 8u;
    let e = cell % 8u;
    if (q < 6u) {
      let v31 = (cell / 8u) * 2u + e / 4u;
      t4[(e + h * 48u + q * 8u) / 4u][(e + h * 48u + q * 8u) % 4u] = tile[v31 + 0u][e % 4u];
    }
  }
}

// attention_dk: 2 workgroups
@group(0) @binding(0) var<storage, read> t0: array<u32>;
@group(0) @binding(1) var<storage, read> t1: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> t2: array<f32>;
@group(0) @binding(3) var<storage, read> t3: array<f32>;
@group(0) @binding(4) var<storage, read_write> t4: array<vec4<f32>>;
var<workgroup> tile: array<vec4<f32>, 32>;
var<workgroup> statistics: array<vec2<f32>, 8>;
fn scale_by_power(x: f32, n: i32) -> f32 {
  let half = n / 2;
  let first = bitcast<f32>(u32(half + 127) << 23u);
  let second = bitcast<f32>(u32(n - half + 127) << 23u);
  return x * first * second;
}
fn infinity() -> f32 {
  var bits = 0x7f800000u;
  return bitcast<f32>(bits);
}
fn exponential(x: f32) -> f32 {
  let n = clamp(floor(x * 1.44269504f + 0.5f), -150.0f, 129.0f);
  let r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
  var p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  let y = scale_by_power(p * r * r + r + 1.0f, i32(n));
  return select(select(y, infinity(), x > 88.8f), 0.0f, x < -104.0f);
}
@compute @workgroup_size(8)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) workgroups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let group = workgroup.x + workgroup.y * workgroups.x;
  let h = group / 1u;
  let first = (group % 1u) * 8u;
  let own = lane % 8u;
  let part = lane / 8u;
  workgroupBarrier();
  for (var cell = lane; cell < 16u; cell += 8u) {
    let v0 = first + cell / 2u;
    let v1 = cell % 2u;
    var staged2 = vec4<f32>();
    if (v0 < 6u) {
      let v3 = bitcast<f32>(t0[h * 48u + v0 * 8u + v1 * 4u + 96u]);
      let v4 = bitcast<f32>(t0[h * 48u + v0 * 8u + v1 * 4u + 1u + 96u]);
      let v5 = bitcast<f32>(t0[h * 48u + v0 * 8u + v1 * 4u + 2u + 96u]);
      let v6 = bitcast<f32>(t0[h * 48u + v0 * 8u + v1 * 4u + 3u + 96u]);
      staged2 = vec4<f32>(v3, v4, v5, v6);
    }
    tile[cell + 0u] = staged2;
  }
  workgroupBarrier();
  let v7 = min(first + own, 5u);
  let key0_0 = tile[(own + 0u) * 2u + 0u] * 0.5f;
  let key0_1 = tile[(own + 0u) * 2u + 1u] * 0.5f;
  workgroupBarrier();
  for (var cell = lane; cell < 16u; cell += 8u) {
    let v8 = first + cell / 2u;
    let v9 = cell % 2u;
    var staged10 = vec4<f32>();
    if (v8 < 6u) {
      let v11 = bitcast<f32>(t0[h * 48u + v8 * 8u + v9 * 4u + 192u]);
      let v12 = bitcast<f32>(t0[h * 48u + v8 * 8u + v9 * 4u + 1u + 192u]);
      let v13 = bitcast<f32>(t0[h * 48u + v8 * 8u + v9 * 4u + 2u + 192u]);
      let v14 = bitcast<f32>(t0[h * 48u + v8 * 8u + v9 * 4u + 3u + 192u]);
      staged10 = vec4<f32>(v11, v12, v13, v14);
    }
    tile[cell + 0u] = staged10;
  }
  workgroupBarrier();
  let v15 = min(first + own, 5u);
  let value0_0 = tile[(own + 0u) * 2u + 0u];
  let value0_1 = tile[(own + 0u) * 2u + 1u];
  var key_sum0_0 = vec4<f32>();
  var key_sum0_1 = vec4<f32>();
  for (var start = (max(first, 0u) - 0u) / 8u * 8u; start < 6u; start += 8u) {
    workgroupBarrier();
    for (var cell = lane; cell < 16u; cell += 8u) {
      let v16 = start + cell / 2u;
      let v17 = cell % 2u;
      var staged18 = vec4<f32>();
      if (v16 < 6u) {
        let v19 = bitcast<f32>(t0[h * 48u + v16 * 8u + v17 * 4u + 0u]);
        let v20 = bitcast<f32>(t0[h * 48u + v16 * 8u + v17 * 4u + 1u + 0u]);
        let v21 = bitcast<f32>(t0[h * 48u + v16 * 8u + v17 * 4u + 2u + 0u]);
        let v22 = bitcast<f32>(t0[h * 48u + v16 * 8u + v17 * 4u + 3u + 0u]);
        staged18 = vec4<f32>(v19, v20, v21, v22);
      }
      tile[cell + 0u] = staged18;
    }
    for (var cell = lane; cell < 16u; cell += 8u) {
      let v23 = start + cell / 2u;
      let v24 = cell % 2u;
      var staged25 = vec4<f32>();
      if (v23 < 6u) {
        let v26 = t1[h * 12u + v23 * 2u + v24];
        let v27 = v26.x;
        let v28 = v26.y;
        let v29 = v26.z;
        let v30 = v26.w;
        staged25 = vec4<f32>(v27, v28, v29, v30);
      }
      tile[cell + 16u] = staged25;
    }
    for (var i = lane; i < 8u; i += 8u) {
      let known = h * 6u + min(start + i, 5u);
      statistics[i] = vec2<f32>(t2[known], t3[known]);
    }
    workgroupBarrier();
    for (var block = 0u; block < 8u; block += 8u) {
      var score0_0 = 0.0f;
      var score0_1 = 0.0f;
      var score0_2 = 0.0f;
      var score0_3 = 0.0f;
      var score0_4 = 0.0f;
      var score0_5 = 0.0f;
      var score0_6 = 0.0f;
      var score0_7 = 0.0f;
      score0_0 += dot(key0_0, tile[(block + 0u) * 2u + 0u]);
      score0_1 += dot(key0_0, tile[(block + 1u) * 2u + 0u]);
      score0_2 += dot(key0_0, tile[(block + 2u) * 2u + 0u]);
      score0_3 += dot(key0_0, tile[(block + 3u) * 2u + 0u]);
      score0_4 += dot(key0_0, tile[(block + 4u) * 2u + 0u]);
      score0_5 += dot(key0_0, tile[(block + 5u) * 2u + 0u]);
      score0_6 += dot(key0_0, tile[(block + 6u) * 2u + 0u]);
      score0_7 += dot(key0_0, tile[(block + 7u) * 2u + 0u]);
      score0_0 += dot(key0_1, tile[(block + 0u) * 2u + 1u]);
      score0_1 += dot(key0_1, tile[(block + 1u) * 2u + 1u]);
      score0_2 += dot(key0_1, tile[(block + 2u) * 2u + 1u]);
      score0_3 += dot(key0_1, tile[(block + 3u) * 2u + 1u]);
      score0_4 += dot(key0_1, tile[(block + 4u) * 2u + 1u]);
      score0_5 += dot(key0_1, tile[(block + 5u) * 2u + 1u]);
      score0_6 += dot(key0_1, tile[(block + 6u) * 2u + 1u]);
      score0_7 += dot(key0_1, tile[(block + 7u) * 2u + 1u]);
      var slope0_0 = 0.0f;
      var slope0_1 = 0.0f;
      var slope0_2 = 0.0f;
      var slope0_3 = 0.0f;
      var slope0_4 = 0.0f;
      var slope0_5 = 0.0f;
      var slope0_6 = 0.0f;
      var slope0_7 = 0.0f;
      slope0_0 += dot(value0_0, tile[(block + 0u) * 2u + 16u]);
      slope0_1 += dot(value0_0, tile[(block + 1u) * 2u + 16u]);
      slope0_2 += dot(value0_0, tile[(block + 2u) * 2u + 16u]);
      slope0_3 += dot(value0_0, tile[(block + 3u) * 2u + 16u]);
      slope0_4 += dot(value0_0, tile[(block + 4u) * 2u + 16u]);
      slope0_5 += dot(value0_0, tile[(block + 5u) * 2u + 16u]);
      slope0_6 += dot(value0_0, tile[(block + 6u) * 2u + 16u]);
      slope0_7 += dot(value0_0, tile[(block + 7u) * 2u + 16u]);
      slope0_0 += dot(value0_1, tile[(block + 0u) * 2u + 17u]);
      slope0_1 += dot(value0_1, tile[(block + 1u) * 2u + 17u]);
      slope0_2 += dot(value0_1, tile[(block + 2u) * 2u + 17u]);
      slope0_3 += dot(value0_1, tile[(block + 3u) * 2u + 17u]);
      slope0_4 += dot(value0_1, tile[(block + 4u) * 2u + 17u]);
      slope0_5 += dot(value0_1, tile[(block + 5u) * 2u + 17u]);
      slope0_6 += dot(value0_1, tile[(block + 6u) * 2u + 17u]);
      slope0_7 += dot(value0_1, tile[(block + 7u) * 2u + 17u]);
      score0_0 = select(0.0f, exponential(score0_0 - statistics[block + 0u].x), start + block + 0u < 6u && first + own <= start + block + 0u + 0u);
      slope0_0 = score0_0 * (slope0_0 - statistics[block + 0u].y);
      score0_1 = select(0.0f, exponential(score0_1 - statistics[block + 1u].x), start + block + 1u < 6u && first + own <= start + block + 1u + 0u);
      slope0_1 = score0_1 * (slope0_1 - statistics[block + 1u].y);
      score0_2 = select(0.0f, exponential(score0_2 - statistics[block + 2u].x), start + block + 2u < 6u && first + own <= start + block + 2u + 0u);
      slope0_2 = score0_2 * (slope0_2 - statistics[block + 2u].y);
      score0_3 = select(0.0f, exponential(score0_3 - statistics[block + 3u].x), start + block + 3u < 6u && first + own <= start + block + 3u + 0u);
      slope0_3 = score0_3 * (slope0_3 - statistics[block + 3u].y);
      score0_4 = select(0.0f, exponential(score0_4 - statistics[block + 4u].x), start + block + 4u < 6u && first + own <= start + block + 4u + 0u);
      slope0_4 = score0_4 * (slope0_4 - statistics[block + 4u].y);
      score0_5 = select(0.0f, exponential(score0_5 - statistics[block + 5u].x), start + block + 5u < 6u && first + own <= start + block + 5u + 0u);
      slope0_5 = score0_5 * (slope0_5 - statistics[block + 5u].y);
      score0_6 = select(0.0f, exponential(score0_6 - statistics[block + 6u].x), start + block + 6u < 6u && first + own <= start + block + 6u + 0u);
      slope0_6 = score0_6 * (slope0_6 - statistics[block + 6u].y);
      score0_7 = select(0.0f, exponential(score0_7 - statistics[block + 7u].x), start + block + 7u < 6u && first + own <= start + block + 7u + 0u);
      slope0_7 = score0_7 * (slope0_7 - statistics[block + 7u].y);
      key_sum0_0 = key_sum0_0 + slope0_0 * tile[(block + 0u) * 2u + 0u] + slope0_1 * tile[(block + 1u) * 2u + 0u] + slope0_2 * tile[(block + 2u) * 2u + 0u] + slope0_3 * tile[(block + 3u) * 2u + 0u] + slope0_4 * tile[(block + 4u) * 2u + 0u] + slope0_5 * tile[(block + 5u) * 2u + 0u] + slope0_6 * tile[(block + 6u) * 2u + 0u] + slope0_7 * tile[(block + 7u) * 2u + 0u];
      key_sum0_1 = key_sum0_1 + slope0_0 * tile[(block + 0u) * 2u + 1u] + slope0_1 * tile[(block + 1u) * 2u + 1u] + slope0_2 * tile[(block + 2u) * 2u + 1u] + slope0_3 * tile[(block + 3u) * 2u + 1u] + slope0_4 * tile[(block + 4u) * 2u + 1u] + slope0_5 * tile[(block + 5u) * 2u + 1u] + slope0_6 * tile[(block + 6u) * 2u + 1u] + slope0_7 * tile[(block + 7u) * 2u + 1u];
    }
  }
  workgroupBarrier();
  if (part == 0u) {
    tile[own * 2u + 0u] = key_sum0_0 * 0.5f;
    tile[own * 2u + 1u] = key_sum0_1 * 0.5f;
  }
  workgroupBarrier();
  for (var cell = lane; cell < 64u; cell += 8u) {
    let q = first + cell / 8u;
    let e = cell % 8u;
    if (q < 6u) {
      let v31 = (cell / 8u) * 2u + e / 4u;
      t4[(e + h * 48u + q * 8u) / 4u][(e + h * 48u + q * 8u) % 4u] = tile[v31 + 0u][e % 4u];
    }
  }
}

// attention_dv: 2 workgroups
@group(0) @binding(0) var<storage, read> t0: array<u32>;
@group(0) @binding(1) var<storage, read> t1: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> t2: array<f32>;
@group(0) @binding(3) var<storage, read> t3: array<f32>;
@group(0) @binding(4) var<storage, read_write> t4: array<vec4<f32>>;
var<workgroup> tile: array<vec4<f32>, 32>;
var<workgroup> statistics: array<vec2<f32>, 8>;
fn scale_by_power(x: f32, n: i32) -> f32 {
  let half = n / 2;
  let first = bitcast<f32>(u32(half + 127) << 23u);
  let second = bitcast<f32>(u32(n - half + 127) << 23u);
  return x * first * second;
}
fn infinity() -> f32 {
  var bits = 0x7f800000u;
  return bitcast<f32>(bits);
}
fn exponential(x: f32) -> f32 {
  let n = clamp(floor(x * 1.44269504f + 0.5f), -150.0f, 129.0f);
  let r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
  var p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  let y = scale_by_power(p * r * r + r + 1.0f, i32(n));
  return select(select(y, infinity(), x > 88.8f), 0.0f, x < -104.0f);
}
@compute @workgroup_size(8)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) workgroups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let group = workgroup.x + workgroup.y * workgroups.x;
  let h = group / 1u;
  let first = (group % 1u) * 8u;
  let own = lane % 8u;
  let part = lane / 8u;
  workgroupBarrier();
  for (var cell = lane; cell < 16u; cell += 8u) {
    let v0 = first + cell / 2u;
    let v1 = cell % 2u;
    var staged2 = vec4<f32>();
    if (v0 < 6u) {
      let v3 = bitcast<f32>(t0[h * 48u + v0 * 8u + v1 * 4u + 96u]);
      let v4 = bitcast<f32>(t0[h * 48u + v0 * 8u + v1 * 4u + 1u + 96u]);
      let v5 = bitcast<f32>(t0[h * 48u + v0 * 8u + v1 * 4u + 2u + 96u]);
      let v6 = bitcast<f32>(t0[h * 48u + v0 * 8u + v1 * 4u + 3u + 96u]);
      staged2 = vec4<f32>(v3, v4, v5, v6);
    }
    tile[cell + 0u] = staged2;
  }
  workgroupBarrier();
  let v7 = min(first + own, 5u);
  let key0_0 = tile[(own + 0u) * 2u + 0u] * 0.5f;
  let key0_1 = tile[(own + 0u) * 2u + 1u] * 0.5f;
  var value_sum0_0 = vec4<f32>();
  var value_sum0_1 = vec4<f32>();
  for (var start = (max(first, 0u) - 0u) / 8u * 8u; start < 6u; start += 8u) {
    workgroupBarrier();
    for (var cell = lane; cell < 16u; cell += 8u) {
      let v8 = start + cell / 2u;
      let v9 = cell % 2u;
      var staged10 = vec4<f32>();
      if (v8 < 6u) {
        let v11 = bitcast<f32>(t0[h * 48u + v8 * 8u + v9 * 4u + 0u]);
        let v12 = bitcast<f32>(t0[h * 48u + v8 * 8u + v9 * 4u + 1u + 0u]);
        let v13 = bitcast<f32>(t0[h * 48u + v8 * 8u + v9 * 4u + 2u + 0u]);
        let v14 = bitcast<f32>(t0[h * 48u + v8 * 8u + v9 * 4u + 3u + 0u]);
        staged10 = vec4<f32>(v11, v12, v13, v14);
      }
      tile[cell + 0u] = staged10;
    }
    for (var cell = lane; cell < 16u; cell += 8u) {
      let v15 = start + cell / 2u;
      let v16 = cell % 2u;
      var staged17 = vec4<f32>();
      if (v15 < 6u) {
        let v18 = t1[h * 12u + v15 * 2u + v16];
        let v19 = v18.x;
        let v20 = v18.y;
        let v21 = v18.z;
        let v22 = v18.w;
        staged17 = vec4<f32>(v19, v20, v21, v22);
      }
      tile[cell + 16u] = staged17;
    }
    for (var i = lane; i < 8u; i += 8u) {
      let known = h * 6u + min(start + i, 5u);
      statistics[i] = vec2<f32>(t2[known], t3[known]);
    }
    workgroupBarrier();
    for (var block = 0u; block < 8u; block += 8u) {
      var score0_0 = 0.0f;
      var score0_1 = 0.0f;
      var score0_2 = 0.0f;
      var score0_3 = 0.0f;
      var score0_4 = 0.0f;
      var score0_5 = 0.0f;
      var score0_6 = 0.0f;
      var score0_7 = 0.0f;
      score0_0 += dot(key0_0, tile[(block + 0u) * 2u + 0u]);
      score0_1 += dot(key0_0, tile[(block + 1u) * 2u + 0u]);
      score0_2 += dot(key0_0, tile[(block + 2u) * 2u + 0u]);
      score0_3 += dot(key0_0, tile[(block + 3u) * 2u + 0u]);
      score0_4 += dot(key0_0, tile[(block + 4u) * 2u + 0u]);
      score0_5 += dot(key0_0, tile[(block + 5u) * 2u + 0u]);
      score0_6 += dot(key0_0, tile[(block + 6u) * 2u + 0u]);
      score0_7 += dot(key0_0, tile[(block + 7u) * 2u + 0u]);
      score0_0 += dot(key0_1, tile[(block + 0u) * 2u + 1u]);
      score0_1 += dot(key0_1, tile[(block + 1u) * 2u + 1u]);
      score0_2 += dot(key0_1, tile[(block + 2u) * 2u + 1u]);
      score0_3 += dot(key0_1, tile[(block + 3u) * 2u + 1u]);
      score0_4 += dot(key0_1, tile[(block + 4u) * 2u + 1u]);
      score0_5 += dot(key0_1, tile[(block + 5u) * 2u + 1u]);
      score0_6 += dot(key0_1, tile[(block + 6u) * 2u + 1u]);
      score0_7 += dot(key0_1, tile[(block + 7u) * 2u + 1u]);
      score0_0 = select(0.0f, exponential(score0_0 - statistics[block + 0u].x), start + block + 0u < 6u && first + own <= start + block + 0u + 0u);
      score0_1 = select(0.0f, exponential(score0_1 - statistics[block + 1u].x), start + block + 1u < 6u && first + own <= start + block + 1u + 0u);
      score0_2 = select(0.0f, exponential(score0_2 - statistics[block + 2u].x), start + block + 2u < 6u && first + own <= start + block + 2u + 0u);
      score0_3 = select(0.0f, exponential(score0_3 - statistics[block + 3u].x), start + block + 3u < 6u && first + own <= start + block + 3u + 0u);
      score0_4 = select(0.0f, exponential(score0_4 - statistics[block + 4u].x), start + block + 4u < 6u && first + own <= start + block + 4u + 0u);
      score0_5 = select(0.0f, exponential(score0_5 - statistics[block + 5u].x), start + block + 5u < 6u && first + own <= start + block + 5u + 0u);
      score0_6 = select(0.0f, exponential(score0_6 - statistics[block + 6u].x), start + block + 6u < 6u && first + own <= start + block + 6u + 0u);
      score0_7 = select(0.0f, exponential(score0_7 - statistics[block + 7u].x), start + block + 7u < 6u && first + own <= start + block + 7u + 0u);
      value_sum0_0 = value_sum0_0 + score0_0 * tile[(block + 0u) * 2u + 16u] + score0_1 * tile[(block + 1u) * 2u + 16u] + score0_2 * tile[(block + 2u) * 2u + 16u] + score0_3 * tile[(block + 3u) * 2u + 16u] + score0_4 * tile[(block + 4u) * 2u + 16u] + score0_5 * tile[(block + 5u) * 2u + 16u] + score0_6 * tile[(block + 6u) * 2u + 16u] + score0_7 * tile[(block + 7u) * 2u + 16u];
      value_sum0_1 = value_sum0_1 + score0_0 * tile[(block + 0u) * 2u + 17u] + score0_1 * tile[(block + 1u) * 2u + 17u] + score0_2 * tile[(block + 2u) * 2u + 17u] + score0_3 * tile[(block + 3u) * 2u + 17u] + score0_4 * tile[(block + 4u) * 2u + 17u] + score0_5 * tile[(block + 5u) * 2u + 17u] + score0_6 * tile[(block + 6u) * 2u + 17u] + score0_7 * tile[(block + 7u) * 2u + 17u];
    }
  }
  workgroupBarrier();
  if (part == 0u) {
    tile[own * 2u + 0u] = value_sum0_0;
    tile[own * 2u + 1u] = value_sum0_1;
  }
  workgroupBarrier();
  for (var cell = lane; cell < 64u; cell += 8u) {
    let q = first + cell / 8u;
    let e = cell % 8u;
    if (q < 6u) {
      let v23 = (cell / 8u) * 2u + e / 4u;
      t4[(e + h * 48u + q * 8u) / 4u][(e + h * 48u + q * 8u) % 4u] = tile[v23 + 0u][e % 4u];
    }
  }
}
