// map: 1 workgroups
@group(0) @binding(0) var<storage, read> t0: array<u32>;
@group(0) @binding(1) var<storage, read_write> t1: array<f32>;
fn wide_multiply(a: u32, b: u32) -> vec2<u32> {
  let al = a & 0xffffu;
  let ah = a >> 16u;
  let bl = b & 0xffffu;
  let bh = b >> 16u;
  let low = al * bl;
  let middle = ah * bl + (low >> 16u);
  let other = al * bh + (middle & 0xffffu);
  return vec2<u32>(a * b, ah * bh + (middle >> 16u) + (other >> 16u));
}

fn philox(counter: vec4<u32>, key: vec2<u32>) -> vec4<u32> {
  var c = counter;
  var k = key;
  for (var round = 0u; round < 10u; round++) {
    let first = wide_multiply(0xD2511F53u, c.x);
    let second = wide_multiply(0xCD9E8D57u, c.z);
    c = vec4<u32>(second.y ^ c.y ^ k.x, second.x, first.y ^ c.w ^ k.y, first.x);
    k += vec2<u32>(0x9E3779B9u, 0xBB67AE85u);
  }
  return c;
}
fn uniform_word(word: u32) -> f32 {
  return (f32(word >> 9u) + 0.5f) * 1.1920928955078125e-7f;
}
fn infinity() -> f32 {
  var bits = 0x7f800000u;
  return bitcast<f32>(bits);
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
fn turned_sine(x: f32, quarters: i32) -> f32 {
  let k = floor(x * 0.636619772f + 0.5f);
  let r = ((x - k * 1.5703125f) - k * 4.837512969970703e-4f) - k * 7.54978995489e-8f;
  let z = r * r;
  let s = ((-1.9515295891e-4f * z + 8.3321608736e-3f) * z - 1.6666654611e-1f) * z * r + r;
  let c = ((2.443315711809948e-5f * z - 1.388731625493765e-3f) * z + 4.166664568298827e-2f) * z * z - 0.5f * z + 1.0f;
  let quadrant = (i32(k) + quarters) & 3;
  let y = select(s, c, (quadrant & 1) == 1);
  return select(y, -y, quadrant >= 2);
}
fn cosine(x: f32) -> f32 {
  return turned_sine(x, 1);
}
@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) workgroups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let group = workgroup.x + workgroup.y * workgroups.x;
  let i = group * 64u + lane;
  if (i >= 15u) { return; }
  let v0 = t0[0u + 5u];
  let v1 = t0[(i / 5u) + 2u];
  let v2 = t0[0u + 0u];
  let v3 = t0[1u + 0u];
  let v4 = philox(vec4<u32>(((i % 5u) / 4u), v0, v1, 3u), vec2<u32>(v2, v3));
  let v5 = uniform_word(v4[((i % 5u) % 4u)]);
  let v6 = logarithm(v5);
  let v7 = v6 * -2.0f;
  let v8 = sqrt(v7);
  let v9 = philox(vec4<u32>((((i % 5u) + 1u) / 4u) + 1u, v0, v1, 3u), vec2<u32>(v2, v3));
  let v10 = uniform_word(v9[(((i % 5u) + 1u) % 4u)]);
  let v11 = v10 * 6.2831854820251465f;
  let v12 = cosine(v11);
  let v13 = v8 * v12;
  t1[i] = v13;
}
