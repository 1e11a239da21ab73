// rms_norm: 1 workgroups
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
  let own = lane % 4u;
  let wanted = group * 16u + lane / 4u;
  let r = min(wanted, 7u);
  var total0 = 0.0f;
  let e1 = min(own + 0u, 31u);
  let e2 = min(own + 4u, 31u);
  let e3 = min(own + 8u, 31u);
  let e4 = min(own + 12u, 31u);
  let e5 = min(own + 16u, 31u);
  let e6 = min(own + 20u, 31u);
  let e7 = min(own + 24u, 31u);
  let e8 = min(own + 28u, 31u);
  let v9 = bitcast<f32>(t0[e1 + r * 32u + 0u]);
  let v10 = v9 - 0.0f;
  total0 = total0 + v10 * v10;
  let v11 = bitcast<f32>(t0[e2 + r * 32u + 0u]);
  let v12 = v11 - 0.0f;
  total0 = total0 + v12 * v12;
  let v13 = bitcast<f32>(t0[e3 + r * 32u + 0u]);
  let v14 = v13 - 0.0f;
  total0 = total0 + v14 * v14;
  let v15 = bitcast<f32>(t0[e4 + r * 32u + 0u]);
  let v16 = v15 - 0.0f;
  total0 = total0 + v16 * v16;
  let v17 = bitcast<f32>(t0[e5 + r * 32u + 0u]);
  let v18 = v17 - 0.0f;
  total0 = total0 + v18 * v18;
  let v19 = bitcast<f32>(t0[e6 + r * 32u + 0u]);
  let v20 = v19 - 0.0f;
  total0 = total0 + v20 * v20;
  let v21 = bitcast<f32>(t0[e7 + r * 32u + 0u]);
  let v22 = v21 - 0.0f;
  total0 = total0 + v22 * v22;
  let v23 = bitcast<f32>(t0[e8 + r * 32u + 0u]);
  let v24 = v23 - 0.0f;
  total0 = total0 + v24 * v24;
  totals[lane] = total0;
  workgroupBarrier();
  if (own < 2u) {
    totals[lane] = totals[lane] + totals[lane + 2u];
  }
  workgroupBarrier();
  if (own < 1u) {
    totals[lane] = totals[lane] + totals[lane + 1u];
  }
  workgroupBarrier();
  total0 = totals[lane - own];
  workgroupBarrier();
  let v25 = total0 / 32.0f;
  let v26 = 1.0f / sqrt(v25 + 9.999999974752427e-7f);
  if (wanted >= 8u) { return; }
  let v27 = bitcast<f32>(t0[e1 + 256u]);
  let v28 = v9 * v26 * v27;
  if (own + 0u < 32u) {
    let e = own + 0u;
    t1[e + r * 32u] = v28;
  }
  let v29 = bitcast<f32>(t0[e2 + 256u]);
  let v30 = v11 * v26 * v29;
  if (own + 4u < 32u) {
    let e = own + 4u;
    t1[e + r * 32u] = v30;
  }
  let v31 = bitcast<f32>(t0[e3 + 256u]);
  let v32 = v13 * v26 * v31;
  if (own + 8u < 32u) {
    let e = own + 8u;
    t1[e + r * 32u] = v32;
  }
  let v33 = bitcast<f32>(t0[e4 + 256u]);
  let v34 = v15 * v26 * v33;
  if (own + 12u < 32u) {
    let e = own + 12u;
    t1[e + r * 32u] = v34;
  }
  let v35 = bitcast<f32>(t0[e5 + 256u]);
  let v36 = v17 * v26 * v35;
  if (own + 16u < 32u) {
    let e = own + 16u;
    t1[e + r * 32u] = v36;
  }
  let v37 = bitcast<f32>(t0[e6 + 256u]);
  let v38 = v19 * v26 * v37;
  if (own + 20u < 32u) {
    let e = own + 20u;
    t1[e + r * 32u] = v38;
  }
  let v39 = bitcast<f32>(t0[e7 + 256u]);
  let v40 = v21 * v26 * v39;
  if (own + 24u < 32u) {
    let e = own + 24u;
    t1[e + r * 32u] = v40;
  }
  let v41 = bitcast<f32>(t0[e8 + 256u]);
  let v42 = v23 * v26 * v41;
  if (own + 28u < 32u) {
    let e = own + 28u;
    t1[e + r * 32u] = v42;
  }
}

// rms_norm_dx: 1 workgroups
@group(0) @binding(0) var<storage, read> t0: array<u32>;
@group(0) @binding(1) var<storage, read> t1: array<f32>;
@group(0) @binding(2) var<storage, read_write> t2: array<f32>;
var<workgroup> totals: array<f32, 64>;
@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) workgroups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let group = workgroup.x + workgroup.y * workgroups.x;
  let own = lane % 4u;
  let wanted = group * 16u + lane / 4u;
  let r = min(wanted, 7u);
  var total0 = 0.0f;
  let e1 = min(own + 0u, 31u);
  let e2 = min(own + 4u, 31u);
  let e3 = min(own + 8u, 31u);
  let e4 = min(own + 12u, 31u);
  let e5 = min(own + 16u, 31u);
  let e6 = min(own + 20u, 31u);
  let e7 = min(own + 24u, 31u);
  let e8 = min(own + 28u, 31u);
  let v9 = bitcast<f32>(t0[e1 + r * 32u + 0u]);
  let v10 = v9 - 0.0f;
  total0 = total0 + v10 * v10;
  let v11 = bitcast<f32>(t0[e2 + r * 32u + 0u]);
  let v12 = v11 - 0.0f;
  total0 = total0 + v12 * v12;
  let v13 = bitcast<f32>(t0[e3 + r * 32u + 0u]);
  let v14 = v13 - 0.0f;
  total0 = total0 + v14 * v14;
  let v15 = bitcast<f32>(t0[e4 + r * 32u + 0u]);
  let v16 = v15 - 0.0f;
  total0 = total0 + v16 * v16;
  let v17 = bitcast<f32>(t0[e5 + r * 32u + 0u]);
  let v18 = v17 - 0.0f;
  total0 = total0 + v18 * v18;
  let v19 = bitcast<f32>(t0[e6 + r * 32u + 0u]);
  let v20 = v19 - 0.0f;
  total0 = total0 + v20 * v20;
  let v21 = bitcast<f32>(t0[e7 + r * 32u + 0u]);
  let v22 = v21 - 0.0f;
  total0 = total0 + v22 * v22;
  let v23 = bitcast<f32>(t0[e8 + r * 32u + 0u]);
  let v24 = v23 - 0.0f;
  total0 = total0 + v24 * v24;
  totals[lane] = total0;
  workgroupBarrier();
  if (own < 2u) {
    totals[lane] = totals[lane] + totals[lane + 2u];
  }
  workgroupBarrier();
  if (own < 1u) {
    totals[lane] = totals[lane] + totals[lane + 1u];
  }
  workgroupBarrier();
  total0 = totals[lane - own];
  workgroupBarrier();
  let v25 = total0 / 32.0f;
  let v26 = 1.0f / sqrt(v25 + 9.999999974752427e-7f);
  var total27 = 0.0f;
  let v28 = 1.0f * 1.0f;
  let v29 = t1[e1 + r * 32u];
  let v30 = v28 * v29;
  let v31 = v30 + v30;
  let v32 = bitcast<f32>(t0[e1 + 256u]);
  total27 = total27 + (v31 * v32 - 0.0f) * ((v9 - 0.0f) * v26);
  let v33 = 1.0f * 1.0f;
  let v34 = t1[e2 + r * 32u];
  let v35 = v33 * v34;
  let v36 = v35 + v35;
  let v37 = bitcast<f32>(t0[e2 + 256u]);
  total27 = total27 + (v36 * v37 - 0.0f) * ((v11 - 0.0f) * v26);
  let v38 = 1.0f * 1.0f;
  let v39 = t1[e3 + r * 32u];
  let v40 = v38 * v39;
  let v41 = v40 + v40;
  let v42 = bitcast<f32>(t0[e3 + 256u]);
  total27 = total27 + (v41 * v42 - 0.0f) * ((v13 - 0.0f) * v26);
  let v43 = 1.0f * 1.0f;
  let v44 = t1[e4 + r * 32u];
  let v45 = v43 * v44;
  let v46 = v45 + v45;
  let v47 = bitcast<f32>(t0[e4 + 256u]);
  total27 = total27 + (v46 * v47 - 0.0f) * ((v15 - 0.0f) * v26);
  let v48 = 1.0f * 1.0f;
  let v49 = t1[e5 + r * 32u];
  let v50 = v48 * v49;
  let v51 = v50 + v50;
  let v52 = bitcast<f32>(t0[e5 + 256u]);
  total27 = total27 + (v51 * v52 - 0.0f) * ((v17 - 0.0f) * v26);
  let v53 = 1.0f * 1.0f;
  let v54 = t1[e6 + r * 32u];
  let v55 = v53 * v54;
  let v56 = v55 + v55;
  let v57 = bitcast<f32>(t0[e6 + 256u]);
  total27 = total27 + (v56 * v57 - 0.0f) * ((v19 - 0.0f) * v26);
  let v58 = 1.0f * 1.0f;
  let v59 = t1[e7 + r * 32u];
  let v60 = v58 * v59;
  let v61 = v60 + v60;
  let v62 = bitcast<f32>(t0[e7 + 256u]);
  total27 = total27 + (v61 * v62 - 0.0f) * ((v21 - 0.0f) * v26);
  let v63 = 1.0f * 1.0f;
  let v64 = t1[e8 + r * 32u];
  let v65 = v63 * v64;
  let v66 = v65 + v65;
  let v67 = bitcast<f32>(t0[e8 + 256u]);
  total27 = total27 + (v66 * v67 - 0.0f) * ((v23 - 0.0f) * v26);
  totals[lane] = total27;
  workgroupBarrier();
  if (own < 2u) {
    totals[lane] = totals[lane] + totals[lane + 2u];
  }
  workgroupBarrier();
  if (own < 1u) {
    totals[lane] = totals[lane] + totals[lane + 1u];
  }
  workgroupBarrier();
  total27 = totals[lane - own];
  workgroupBarrier();
  let v68 = total27 / 32.0f;
  if (wanted >= 8u) { return; }
  let v69 = v26 * ((v31 * v32 - 0.0f) - ((v9 - 0.0f) * v26) * v68);
  if (own + 0u < 32u) {
    let e = own + 0u;
    t2[e + r * 32u] = v69;
  }
  let v70 = v26 * ((v36 * v37 - 0.0f) - ((v11 - 0.0f) * v26) * v68);
  if (own + 4u < 32u) {
    let e = own + 4u;
    t2[e + r * 32u] = v70;
  }
  let v71 = v26 * ((v41 * v42 - 0.0f) - ((v13 - 0.0f) * v26) * v68);
  if (own + 8u < 32u) {
    let e = own + 8u;
    t2[e + r * 32u] = v71;
  }
  let v72 = v26 * ((v46 * v47 - 0.0f) - ((v15 - 0.0f) * v26) * v68);
  if (own + 12u < 32u) {
    let e = own + 12u;
    t2[e + r * 32u] = v72;
  }
  let v73 = v26 * ((v51 * v52 - 0.0f) - ((v17 - 0.0f) * v26) * v68);
  if (own + 16u < 32u) {
    let e = own + 16u;
    t2[e + r * 32u] = v73;
  }
  let v74 = v26 * ((v56 * v57 - 0.0f) - ((v19 - 0.0f) * v26) * v68);
  if (own + 20u < 32u) {
    let e = own + 20u;
    t2[e + r * 32u] = v74;
  }
  let v75 = v26 * ((v61 * v62 - 0.0f) - ((v21 - 0.0f) * v26) * v68);
  if (own + 24u < 32u) {
    let e = own + 24u;
    t2[e + r * 32u] = v75;
  }
  let v76 = v26 * ((v66 * v67 - 0.0f) - ((v23 - 0.0f) * v26) * v68);
  if (own + 28u < 32u) {
    let e = own + 28u;
    t2[e + r * 32u] = v76;
  }
}

// reduce_sum: 1 workgroups
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
  let i = slot % 8u;
  var total = f32();
  if (slot < 8u) {
    for (var k = (slot / 8u) * 8u + own; k < 32u; k += 8u) {
      let v0 = bitcast<f32>(t0[i * 32u + k + 0u]);
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
  if (own > 0u || slot >= 8u) { return; }
  t1[i] = total;
}

// reduce_sum: 1 workgroups
@group(0) @binding(0) var<storage, read> t0: array<f32>;
@group(0) @binding(1) var<storage, read> t1: array<u32>;
@group(0) @binding(2) var<storage, read> t2: array<f32>;
@group(0) @binding(3) var<storage, read_write> t3: array<f32>;
var<workgroup> totals: array<f32, 256>;
@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) workgroups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let group = workgroup.x + workgroup.y * workgroups.x;
  let own = lane / 128u;
  let slot = group * 128u + lane % 128u;
  let i = slot % 32u;
  var total = f32();
  if (slot < 32u) {
    for (var k = (slot / 32u) * 2u + own; k < 8u; k += 2u) {
      let v0 = 1.0f * 1.0f;
      let v1 = t0[i + k * 32u];
      let v2 = v0 * v1;
      let v3 = v2 + v2;
      let v4 = bitcast<f32>(t1[i + k * 32u + 0u]);
      let v5 = t2[k];
      let v6 = v5 / 32.0f;
      let v7 = v6 + 9.999999974752427e-7f;
      let v8 = sqrt(v7);
      let v9 = 1.0f / v8;
      let v10 = v4 * v9;
      let v11 = v10 * 1.0f;
      let v12 = v3 * v11;
      total = total + v12;
    }
  }
  totals[lane] = total;
  workgroupBarrier();
  if (own < 1u) {
    totals[lane] = totals[lane] + totals[lane + 128u];
  }
  total = totals[lane];
  if (own > 0u || slot >= 32u) { return; }
  t3[i] = total;
}
