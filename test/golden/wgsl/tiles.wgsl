// map: 1 workgroups
@group(0) @binding(0) var<storage, read> t0: array<u32>;
@group(0) @binding(1) var<storage, read_write> t1: array<f32>;
@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) workgroups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let group = workgroup.x + workgroup.y * workgroups.x;
  let i = group * 64u + lane;
  if (i >= 21u) { return; }
  var p0 = f32();
  let v1 = (i % 7u);
  let v2 = v1;
  if (v2 < 3u) {
    let v3 = bitcast<f32>(t0[(i / 7u) * 5u + v2 + 1u + 0u]);
    p0 = v3;
  }
  let v4 = v1 - 3u;
  if (v4 < 4u) {
    let v5 = bitcast<f32>(t0[(i / 7u) * 4u + v4 + 15u]);
    p0 = v5;
  }
  t1[i] = p0;
}
