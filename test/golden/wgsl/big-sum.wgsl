// reduce_sum: 256 workgroups
@group(0) @binding(0) var<storage, read> t0: array<u32>;
@group(0) @binding(1) var<storage, read_write> t1: array<f32>;
var<workgroup> totals: array<f32, 64>;
@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) workgroups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let group = workgroup.x + workgroup.y * workgroups.x;
  let own = lane % 64u;
  let slot = group * 1u + lane / 64u;
  let i = slot % 1u;
  var total = f32();
  if (slot < 256u) {
    for (var k = (slot / 1u) * 64u + own; k < 1000000u; k += 16384u) {
      let v0 = bitcast<f32>(t0[k + 0u]);
      total = total + v0;
    }
  }
  totals[lane] = total;
  workgroupBarrier();
  if (own < 32u) {
    totals[lane] = totals[lane] + totals[lane + 32u];
  }
  workgroupBarrier();
  if (own < 16u) {
    totals[lane] = totals[lane] + totals[lane + 16u];
  }
  workgroupBarrier();
  if (own < 8u) {
    totals[lane] = totals[lane] + totals[lane + 8u];
  }
  workgroupBarrier();
  if (own < 4u) {
    totals[lane] = totals[lane] + totals[lane + 4u];
  }
  workgroupBarrier();
  if (own < 2u) {
    totals[lane] = totals[lane] + totals[lane + 2u];
  }
  workgroupBarrier();
  if (own < 1u) {
    totals[lane] = totals[lane] + totals[lane + 1u];
  }
  total = totals[lane];
  if (own > 0u || slot >= 256u) { return; }
  t1[slot] = total;
}

// reduce_sum (parts): 1 workgroups
@group(0) @binding(0) var<storage, read> t0: array<f32>;
@group(0) @binding(1) var<storage, read_write> t1: array<f32>;
var<workgroup> totals: array<f32, 64>;
@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) workgroups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let group = workgroup.x + workgroup.y * workgroups.x;
  let own = lane % 64u;
  let slot = group * 1u + lane / 64u;
  let i = slot;
  var total = f32();
  if (i < 1u) {
    for (var k = own; k < 256u; k += 64u) {
      total = total + t0[k * 1u + i];
    }
  }
  totals[lane] = total;
  workgroupBarrier();
  if (own < 32u) {
    totals[lane] = totals[lane] + totals[lane + 32u];
  }
  workgroupBarrier();
  if (own < 16u) {
    totals[lane] = totals[lane] + totals[lane + 16u];
  }
  workgroupBarrier();
  if (own < 8u) {
    totals[lane] = totals[lane] + totals[lane + 8u];
  }
  workgroupBarrier();
  if (own < 4u) {
    totals[lane] = totals[lane] + totals[lane + 4u];
  }
  workgroupBarrier();
  if (own < 2u) {
    totals[lane] = totals[lane] + totals[lane + 2u];
  }
  workgroupBarrier();
  if (own < 1u) {
    totals[lane] = totals[lane] + totals[lane + 1u];
  }
  total = totals[lane];
  if (own > 0u || i >= 1u) { return; }
  t1[0u] = total;
}
