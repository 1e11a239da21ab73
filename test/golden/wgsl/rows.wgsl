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
  if (i >= 20u) { return; }
  let v0 = bitcast<i32>(t0[(i / 5u) + 35u]);
  let v1 = u32(clamp(v0, 0i, 6i));
  let v2 = bitcast<f32>(t0[(i % 5u) + v1 * 5u + 0u]);
  t1[i] = v2;
}

// scatter_add (lists): 1 workgroups
@group(0) @binding(0) var<storage, read> t0: array<u32>;
@group(0) @binding(1) var<storage, read_write> t1: array<u32>;
@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) workgroups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let group = workgroup.x + workgroup.y * workgroups.x;
  let i = group * 64u + lane;
  if (i >= 11u) { return; }
  var row = i - 4u;
  var k = 0u;
  if (i < 4u) {
    let v0 = bitcast<i32>(t0[i + 35u]);
    row = u32(v0);
    k = i + 1u;
  }
  for (; k < 4u; k++) {
    let v1 = bitcast<i32>(t0[k + 35u]);
    if (u32(v1) == row) { break; }
  }
  t1[i] = k;
}

// scatter_add: 1 workgroups
@group(0) @binding(0) var<storage, read> t0: array<u32>;
@group(0) @binding(1) var<storage, read> t1: array<f32>;
@group(0) @binding(2) var<storage, read_write> t2: array<f32>;
@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) workgroups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let group = workgroup.x + workgroup.y * workgroups.x;
  let i = group * 64u + lane;
  if (i >= 35u) { return; }
  let column = i % 5u;
  var total = f32();
  var k = t0[4u + i / 5u];
  while (k < 4u) {
    let v0 = t1[column + k * 5u];
    total += v0;
    k = t0[k];
  }
  t2[i] = total;
}
