// reduce_sum: 5 workgroups
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
  let own = lane % 8u;
  let slot = group * 8u + lane / 8u;
  let i = slot % 40u;
  var total = f32();
  if (slot < 40u) {
    for (var k = (slot / 40u) * 8u + own; k < 30u; k += 8u) {
      let v0 = bitcast<f32>(t0[i * 30u + k + 0u]);
      let v1 = v0 * v0;
      total = total + v1;
    }
  }
  totals[lane] = total;
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
  if (own > 0u || slot >= 40u) { return; }
  t1[i] = total;
}

// reduce_sum: 1 workgroups
@group(0) @binding(0) var<storage, read> t0: array<u32>;
@group(0) @binding(1) var<storage, read_write> t1: array<f32>;
var<workgroup> totals: array<f32, 256>;
@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) workgroups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let group = workgroup.x + workgroup.y * workgroups.x;
  let own = lane / 32u;
  let slot = group * 32u + lane % 32u;
  let i = slot % 30u;
  var total = f32();
  if (slot < 30u) {
    for (var k = (slot / 30u) * 8u + own; k < 40u; k += 8u) {
      let v0 = bitcast<f32>(t0[i + k * 30u + 0u]);
      total = total + v0;
    }
  }
  totals[lane] = total;
  workgroupBarrier();
  if (own < 4u) {
    totals[lane] = totals[lane] + totals[lane + 128u];
  }
  workgroupBarrier();
  if (own < 2u) {
    totals[lane] = totals[lane] + totals[lane + 64u];
  }
  workgroupBarrier();
  if (own < 1u) {
    totals[lane] = totals[lane] + totals[lane + 32u];
  }
  total = totals[lane];
  if (own > 0u || slot >= 30u) { return; }
  t1[i] = total;
}
