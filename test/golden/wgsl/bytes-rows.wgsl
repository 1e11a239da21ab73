// map: 7 workgroups
@group(0) @binding(0) var<storage, read> t0: array<u32>;
@group(0) @binding(1) var<storage, read> t1: array<u32>;
@group(0) @binding(2) var<storage, read> t2: array<f32>;
@group(0) @binding(3) var<storage, read_write> t3: array<f32>;
@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) workgroups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let group = workgroup.x + workgroup.y * workgroups.x;
  let i = group * 64u + lane;
  if (i >= 390u) { return; }
  let v0 = bitcast<i32>(t0[(i / 130u) + 0u]);
  let v1 = u32(clamp(v0, 0i, 6i));
  let v2 = t2[((i % 130u) / 128u) + v1 * 2u];
  let v3 = f32(extractBits(bitcast<i32>(t1[((i % 130u) + v1 * 130u) / 4u]), ((i % 130u) + v1 * 130u) % 4u * 8u, 8u)) * v2;
  t3[i] = v3;
}
