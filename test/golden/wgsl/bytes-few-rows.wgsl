// matmul+matmul: 2 workgroups
@group(0) @binding(0) var<storage, read_write> t0: array<f32>;
@group(0) @binding(1) var<storage, read> t1: array<u32>;
@group(0) @binding(2) var<storage, read> t2: array<u32>;
@group(0) @binding(3) var<storage, read> t3: array<f32>;
var<workgroup> left: array<f32, 128>;
var<workgroup> totals: array<f32, 2048>;
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
@compute @workgroup_size(128)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) workgroups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let group = workgroup.x + workgroup.y * workgroups.x;
  let own = lane % 8u;
  let slot = lane / 8u;
  let side = group * 64u;
  var s0 = 0.0f;
  var s1 = 0.0f;
  var s2 = 0.0f;
  var s3 = 0.0f;
  var s4 = 0.0f;
  var s5 = 0.0f;
  var s6 = 0.0f;
  var s7 = 0.0f;
  var s8 = 0.0f;
  var s9 = 0.0f;
  var s10 = 0.0f;
  var s11 = 0.0f;
  var s12 = 0.0f;
  var s13 = 0.0f;
  var s14 = 0.0f;
  var s15 = 0.0f;
   {
    let start = 0u;
    for (var cell = lane; cell < 128u; cell += 128u) {
      let v0 = cell % 64u;
      let v1 = cell / 64u;
      let v2 = start + v0;
      let v3 = bitcast<f32>(t2[v1 * 64u + v2 + 0u]);
      left[v1 * 64u + v0 % 4u * 16u + v0 / 4u] = v3;
    }
    workgroupBarrier();
    let v4 = side + slot + 0u;
    let v5 = side + slot + 16u;
    let v6 = side + slot + 32u;
    let v7 = side + slot + 48u;
    for (var q = own; q < 16u; q += 8u) {
      let v8 = start / 4u + q;
      let v9 = t3[v4];
      let v10 = vec4<f32>((vec4<i32>(bitcast<i32>(t1[v4 * 16u + v8])) << vec4<u32>(24u, 16u, 8u, 0u)) >> vec4<u32>(24u)) * v9;
      let v11 = t3[v5];
      let v12 = vec4<f32>((vec4<i32>(bitcast<i32>(t1[v5 * 16u + v8])) << vec4<u32>(24u, 16u, 8u, 0u)) >> vec4<u32>(24u)) * v11;
      let v13 = t3[v6];
      let v14 = vec4<f32>((vec4<i32>(bitcast<i32>(t1[v6 * 16u + v8])) << vec4<u32>(24u, 16u, 8u, 0u)) >> vec4<u32>(24u)) * v13;
      let v15 = t3[v7];
      let v16 = vec4<f32>((vec4<i32>(bitcast<i32>(t1[v7 * 16u + v8])) << vec4<u32>(24u, 16u, 8u, 0u)) >> vec4<u32>(24u)) * v15;
      let v17 = t3[v4 + 128u];
      let v18 = vec4<f32>((vec4<i32>(bitcast<i32>(t1[v4 * 16u + v8 + 2048u])) << vec4<u32>(24u, 16u, 8u, 0u)) >> vec4<u32>(24u)) * v17;
      let v19 = t3[v5 + 128u];
      let v20 = vec4<f32>((vec4<i32>(bitcast<i32>(t1[v5 * 16u + v8 + 2048u])) << vec4<u32>(24u, 16u, 8u, 0u)) >> vec4<u32>(24u)) * v19;
      let v21 = t3[v6 + 128u];
      let v22 = vec4<f32>((vec4<i32>(bitcast<i32>(t1[v6 * 16u + v8 + 2048u])) << vec4<u32>(24u, 16u, 8u, 0u)) >> vec4<u32>(24u)) * v21;
      let v23 = t3[v7 + 128u];
      let v24 = vec4<f32>((vec4<i32>(bitcast<i32>(t1[v7 * 16u + v8 + 2048u])) << vec4<u32>(24u, 16u, 8u, 0u)) >> vec4<u32>(24u)) * v23;
      let v25 = vec4<f32>(left[0u + q], left[16u + q], left[32u + q], left[48u + q]);
      s0 += dot(v25, v10);
      s2 += dot(v25, v12);
      s4 += dot(v25, v14);
      s6 += dot(v25, v16);
      s8 += dot(v25, v18);
      s10 += dot(v25, v20);
      s12 += dot(v25, v22);
      s14 += dot(v25, v24);
      let v26 = vec4<f32>(left[64u + q], left[80u + q], left[96u + q], left[112u + q]);
      s1 += dot(v26, v10);
      s3 += dot(v26, v12);
      s5 += dot(v26, v14);
      s7 += dot(v26, v16);
      s9 += dot(v26, v18);
      s11 += dot(v26, v20);
      s13 += dot(v26, v22);
      s15 += dot(v26, v24);
    }
    workgroupBarrier();
  }
  totals[lane + 0u] = s0;
  totals[lane + 128u] = s1;
  totals[lane + 256u] = s2;
  totals[lane + 384u] = s3;
  totals[lane + 512u] = s4;
  totals[lane + 640u] = s5;
  totals[lane + 768u] = s6;
  totals[lane + 896u] = s7;
  totals[lane + 1024u] = s8;
  totals[lane + 1152u] = s9;
  totals[lane + 1280u] = s10;
  totals[lane + 1408u] = s11;
  totals[lane + 1536u] = s12;
  totals[lane + 1664u] = s13;
  totals[lane + 1792u] = s14;
  totals[lane + 1920u] = s15;
  workgroupBarrier();
  for (var half = 4u; half > 0u; half /= 2u) {
    if (own < half) {
      for (var i = lane; i < 2048u; i += 128u) {
        totals[i] += totals[i + half * 1u];
      }
    }
    workgroupBarrier();
  }
  for (var cell = lane; cell < 128u; cell += 128u) {
    let b = 0u;
    let m = cell / 64u;
    let n = side + cell % 64u;
    if (n < 128u) {
      let v27 = totals[(0u + cell % 64u / 16u * 2u + m) * 128u + cell % 64u % 16u * 8u];
      let v28 = totals[(8u + cell % 64u / 16u * 2u + m) * 128u + cell % 64u % 16u * 8u];
      let v29 = v27 * sigmoid(v27);
      let v30 = v29 * v28;
      t0[m * 128u + n] = v30;
    }
  }
}
