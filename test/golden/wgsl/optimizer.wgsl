// map: 5 workgroups
@group(0) @binding(0) var<storage, read_write> t0: array<f32>;
@group(0) @binding(1) var<storage, read_write> t1: array<f32>;
@group(0) @binding(2) var<storage, read> t2: array<u32>;
@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) workgroups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let group = workgroup.x + workgroup.y * workgroups.x;
  let i = group * 64u + lane;
  if (i >= 300u) { return; }
  let v0 = t0[i];
  let v1 = t1[i];
  let v2 = v1 * 0.8999999761581421f;
  let v3 = bitcast<f32>(t2[i + 0u]);
  let v4 = v3 * 0.10000000149011612f;
  let v5 = v2 + v4;
  let v6 = bitcast<f32>(t2[0u + 300u]);
  let v7 = v5 * v6;
  let v8 = v0 - v7;
  t0[i] = v8;
  t1[i] = v5;
}
