// matmul: 12 workgroups
@group(0) @binding(0) var<storage, read_write> t0: array<f32>;
@group(0) @binding(1) var<storage, read> t1: array<u32>;
@group(0) @binding(2) var<storage, read> t2: array<u32>;
@group(0) @binding(3) var<storage, read> t3: array<f32>;
var<workgroup> left: array<vec4<f32>, 128>;
var<workgroup> right: array<vec4<f32>, 128>;
var<workgroup> results: array<vec4<f32>, 64>;
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
fn sigmoid(x: f32) -> f32 {
  return 1.0f / (1.0f + exponential(-x));
}
@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) workgroups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let group = workgroup.x + workgroup.y * workgroups.x;
  let part = group / 12u;
  let batch = (group / 12u) % 1u;
  let top = (group / 4u) % 3u * 32u;
  let side = group % 4u * 32u;
  let down = lane / 8u;
  let across = lane % 8u;
  var s0_0 = vec4<f32>();
  var s1_0 = vec4<f32>();
  var s2_0 = vec4<f32>();
  var s3_0 = vec4<f32>();
  let first = part * 64u;
  let stop = min(first + 64u, 64u);
  for (var start = first; start < stop; start += 16u) {
    for (var cell = lane; cell < 128u; cell += 64u) {
      let v0 = cell % 8u;
      let v1 = cell / 8u;
      let v2 = start + v1;
      var staged3 = vec4<f32>();
      let v4 = top + v0 * 4u;
      let v5 = v4 + 1u;
      let v6 = v4 + 2u;
      let v7 = v4 + 3u;
      let v8 = bitcast<f32>(t1[v2 + v4 * 64u + 0u]);
      let v9 = bitcast<f32>(t1[v2 + v5 * 64u + 0u]);
      let v10 = bitcast<f32>(t1[v2 + v6 * 64u + 0u]);
      let v11 = bitcast<f32>(t1[v2 + v7 * 64u + 0u]);
      staged3 = vec4<f32>(v8, v9, v10, v11);
      left[(v1 + 0u) * 8u + v0] = staged3;
    }
    for (var cell = lane; cell < 32u; cell += 64u) {
      let v12 = cell / 4u;
      let v13 = (cell % 4u) * 4u;
      let v14 = start + v13;
      var staged15 = vec4<f32>();
      var staged16 = vec4<f32>();
      var staged17 = vec4<f32>();
      var staged18 = vec4<f32>();
      let v19 = side + v12 * 4u;
      let v20 = v19 + 1u;
      let v21 = v19 + 2u;
      let v22 = v19 + 3u;
      let v23 = v14 / 4u;
      let v24 = t3[v19];
      let v25 = vec4<f32>((vec4<i32>(bitcast<i32>(t2[v19 * 16u + v23])) << vec4<u32>(24u, 16u, 8u, 0u)) >> vec4<u32>(24u)) * v24;
      let v26 = t3[v20];
      let v27 = vec4<f32>((vec4<i32>(bitcast<i32>(t2[v20 * 16u + v23])) << vec4<u32>(24u, 16u, 8u, 0u)) >> vec4<u32>(24u)) * v26;
      let v28 = t3[v21];
      let v29 = vec4<f32>((vec4<i32>(bitcast<i32>(t2[v21 * 16u + v23])) << vec4<u32>(24u, 16u, 8u, 0u)) >> vec4<u32>(24u)) * v28;
      let v30 = t3[v22];
      let v31 = vec4<f32>((vec4<i32>(bitcast<i32>(t2[v22 * 16u + v23])) << vec4<u32>(24u, 16u, 8u, 0u)) >> vec4<u32>(24u)) * v30;
      staged15 = vec4<f32>(v25[0], v27[0], v29[0], v31[0]);
      staged16 = vec4<f32>(v25[1], v27[1], v29[1], v31[1]);
      staged17 = vec4<f32>(v25[2], v27[2], v29[2], v31[2]);
      staged18 = vec4<f32>(v25[3], v27[3], v29[3], v31[3]);
      right[(v13 + 0u) * 8u + v12] = staged15;
      right[(v13 + 1u) * 8u + v12] = staged16;
      right[(v13 + 2u) * 8u + v12] = staged17;
      right[(v13 + 3u) * 8u + v12] = staged18;
    }
    workgroupBarrier();
    for (var t = 0u; t < 16u; t++) {
      let a0 = left[t * 8u + down + 0u];
      let c0 = right[t * 8u + across + 0u];
      s0_0 += a0[0] * c0;
      s1_0 += a0[1] * c0;
      s2_0 += a0[2] * c0;
      s3_0 += a0[3] * c0;
    }
    workgroupBarrier();
  }
  for (var turn = 0u; turn < 4u; turn++) {
    switch turn {
      case 0u: {
        results[down * 8u + across + 0u] = s0_0;
      }
      case 1u: {
        results[down * 8u + across + 0u] = s1_0;
      }
      case 2u: {
        results[down * 8u + across + 0u] = s2_0;
      }
      default: {
        results[down * 8u + across + 0u] = s3_0;
      }
    }
    workgroupBarrier();
    for (var cell = lane; cell < 256u; cell += 64u) {
      let row = top + (cell / 32u + turn / 4u * 8u) * 4u + turn % 4u;
      let column = side + cell % 32u;
      let b = batch;
      let m = row;
      let n = column;
      if (m < 96u && n < 128u) {
        let v32 = bitcast<f32>(t1[n + 6144u]);
        let v33 = results[cell / 4u][cell % 4u] + v32;
        let v34 = v33 * sigmoid(v33);
        t0[m * 128u + n] = v34;
      }
    }
    workgroupBarrier();
  }
}
