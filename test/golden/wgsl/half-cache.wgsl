// map: 1 workgroups
enable f16;
@group(0) @binding(0) var<storage, read> t0: array<u32>;
@group(0) @binding(1) var<storage, read_write> t1: array<f16>;
@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) workgroups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let group = workgroup.x + workgroup.y * workgroups.x;
  let i = group * 64u + lane;
  if (i >= 16u) { return; }
  let v0 = bitcast<f32>(t0[i + 32u]);
  let v1 = bitcast<i32>(t0[0u + 48u]);
  let at2 = u32(clamp(v1, 0i, 11i));
  t1[at2 * 8u + (i / 8u) * 96u + (i % 8u)] = f16(v0);
}

// map: 1 workgroups
enable f16;
@group(0) @binding(0) var<storage, read> t0: array<u32>;
@group(0) @binding(1) var<storage, read_write> t1: array<f16>;
@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) workgroups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let group = workgroup.x + workgroup.y * workgroups.x;
  let i = group * 64u + lane;
  if (i >= 16u) { return; }
  let v0 = bitcast<f32>(t0[i + 16u]);
  let v1 = bitcast<i32>(t0[0u + 48u]);
  let at2 = u32(clamp(v1, 0i, 11i));
  t1[at2 * 8u + (i / 8u) * 96u + (i % 8u)] = f16(v0);
}

// cached_attention: 2 workgroups
enable f16;
@group(0) @binding(0) var<storage, read> t0: array<u32>;
@group(0) @binding(1) var<storage, read> t1: array<vec4<f16>>;
@group(0) @binding(2) var<storage, read> t2: array<vec4<f16>>;
@group(0) @binding(3) var<storage, read_write> t3: array<vec4<f32>>;
var<workgroup> query: array<vec4<f32>, 2>;
var<workgroup> rows: u32;
var<workgroup> scores: array<f32, 256>;
var<workgroup> maxima: array<f32, 256>;
var<workgroup> sums: array<vec4<f32>, 256>;
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
@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) workgroups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let group = workgroup.x + workgroup.y * workgroups.x;
  let q = group % 1u;
  let h = group / 1u;
  if (lane < 2u) {
    let v0 = bitcast<f32>(t0[h * 8u + lane * 4u + 0u]);
    let v1 = bitcast<f32>(t0[h * 8u + lane * 4u + 1u + 0u]);
    let v2 = bitcast<f32>(t0[h * 8u + lane * 4u + 2u + 0u]);
    let v3 = bitcast<f32>(t0[h * 8u + lane * 4u + 3u + 0u]);
    query[lane] = vec4<f32>(v0, v1, v2, v3) * 0.5f;
  }
  if (lane == 0u) {
    let v4 = bitcast<i32>(t0[0u + 48u]);
    let at5 = u32(clamp(v4, 0i, 11i));
    rows = at5 + q + 1u;
  }
  let seen = workgroupUniformLoad(&rows);
  var largest = -1e38f;
  var total = 0.0f;
  var sum = vec4<f32>();
  for (var start = 0u; start < seen; start += 256u) {
    let count = min(256u, seen - start);
    var most = largest;
    for (var k = lane; k < count; k += 256u) {
      let key = start + k;
      var score = 0.0f;
      for (var c = 0u; c < 2u; c++) {
        let v6 = vec4<f32>(t1[c + h * 24u + key * 2u]);
        let v7 = v6.x;
        let v8 = v6.y;
        let v9 = v6.z;
        let v10 = v6.w;
        score += dot(query[c], vec4<f32>(v7, v8, v9, v10));
      }
      scores[k] = score;
      most = max(most, score);
    }
    maxima[lane] = most;
    workgroupBarrier();
    for (var i = 0u; i < 256u; i += 1u) {
      most = max(most, maxima[i]);
    }
    for (var k = lane; k < count; k += 256u) {
      scores[k] = exponential(scores[k] - most);
    }
    let shrink = exponential(largest - most);
    largest = most;
    workgroupBarrier();
    sum *= shrink;
    total *= shrink;
    let chunk = lane % 2u;
    if (lane < 256u) {
      for (var k = lane / 2u; k < count; k += 128u) {
        let key = start + k;
        let v11 = vec4<f32>(t2[chunk + h * 24u + key * 2u]);
        let v12 = v11.x;
        let v13 = v11.y;
        let v14 = v11.z;
        let v15 = v11.w;
        let weight = scores[k];
        sum += weight * vec4<f32>(v12, v13, v14, v15);
        total += weight;
      }
    }
    workgroupBarrier();
  }
  sums[lane] = sum;
  maxima[lane] = total;
  workgroupBarrier();
  for (var e = lane; e < 8u; e += 256u) {
    var value = 0.0f;
    var weight = 0.0f;
    for (var i = 0u; i < 128u; i++) {
      value += sums[i * 2u + e / 4u][e % 4u];
      weight += maxima[i * 2u];
    }
    t3[(e + h * 8u) / 4u][(e + h * 8u) % 4u] = value / weight;
  }
}
