// conv2d: 1 workgroups
@group(0) @binding(0) var<storage, read_write> t0: array<f32>;
@group(0) @binding(1) var<storage, read_write> t1: array<f32>;
@group(0) @binding(2) var<storage, read> t2: array<u32>;
var<workgroup> left: array<vec4<f32>, 128>;
var<workgroup> right: array<vec4<f32>, 128>;
var<workgroup> results: array<vec4<f32>, 64>;
@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) workgroups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let group = workgroup.x + workgroup.y * workgroups.x;
  let part = group / 1u;
  let batch = (group / 1u) % 1u;
  let top = (group / 1u) % 1u * 32u;
  let side = group % 1u * 32u;
  let down = lane / 8u;
  let across = lane % 8u;
  var s0_0 = vec4<f32>();
  var s1_0 = vec4<f32>();
  var s2_0 = vec4<f32>();
  var s3_0 = vec4<f32>();
  let first = part * 36u;
  let stop = min(first + 36u, 36u);
  for (var start = first; start < stop; start += 16u) {
    for (var cell = lane; cell < 128u; cell += 64u) {
      let v0 = cell % 8u;
      let v1 = cell / 8u;
      let v2 = start + v1;
      var staged3 = vec4<f32>();
      if (v2 < stop) {
        let v4 = top + v0 * 4u;
        let v5 = v4 + 1u;
        let v6 = v4 + 2u;
        let v7 = v4 + 3u;
        let v8 = bitcast<f32>(t2[v2 + v4 * 36u + 512u]);
        let v9 = bitcast<f32>(t2[v2 + v5 * 36u + 512u]);
        let v10 = bitcast<f32>(t2[v2 + v6 * 36u + 512u]);
        let v11 = bitcast<f32>(t2[v2 + v7 * 36u + 512u]);
        staged3 = vec4<f32>(v8, v9, v10, v11);
      }
      left[(v1 + 0u) * 8u + v0] = staged3;
    }
    for (var cell = lane; cell < 128u; cell += 64u) {
      let v12 = cell % 8u;
      let v13 = cell / 8u;
      let v14 = start + v13;
      var staged15 = vec4<f32>();
      if (v14 < stop) {
        let v16 = side + v12 * 4u;
        let v17 = v16 + 1u;
        let v18 = v16 + 2u;
        let v19 = v16 + 3u;
        let v20 = (v16 / 16u);
        let v21 = ((v16 / 4u) % 4u);
        let v22 = (v16 % 4u);
        let v23 = (v14 / 9u);
        let v24 = ((v14 / 3u) % 3u);
        let v25 = (v14 % 3u);
        let v26 = v21 * 2u + v24 - 1u;
        let v27 = v22 * 2u + v25 - 1u;
        var p28 = 0.0f;
        if (v26 < 8u && v27 < 8u) {
          let v29 = bitcast<f32>(t2[v20 * 256u + v23 * 64u + v26 * 8u + v27 + 0u]);
          p28 = v29;
        }
        let v30 = (v17 / 16u);
        let v31 = ((v17 / 4u) % 4u);
        let v32 = (v17 % 4u);
        let v33 = v24 + v31 * 2u - 1u;
        let v34 = v25 + v32 * 2u - 1u;
        var p35 = 0.0f;
        if (v33 < 8u && v34 < 8u) {
          let v36 = bitcast<f32>(t2[v23 * 64u + v30 * 256u + v33 * 8u + v34 + 0u]);
          p35 = v36;
        }
        let v37 = (v18 / 16u);
        let v38 = ((v18 / 4u) % 4u);
        let v39 = (v18 % 4u);
        let v40 = v24 + v38 * 2u - 1u;
        let v41 = v25 + v39 * 2u - 1u;
        var p42 = 0.0f;
        if (v40 < 8u && v41 < 8u) {
          let v43 = bitcast<f32>(t2[v23 * 64u + v37 * 256u + v40 * 8u + v41 + 0u]);
          p42 = v43;
        }
        let v44 = (v19 / 16u);
        let v45 = ((v19 / 4u) % 4u);
        let v46 = (v19 % 4u);
        let v47 = v24 + v45 * 2u - 1u;
        let v48 = v25 + v46 * 2u - 1u;
        var p49 = 0.0f;
        if (v47 < 8u && v48 < 8u) {
          let v50 = bitcast<f32>(t2[v23 * 64u + v44 * 256u + v47 * 8u + v48 + 0u]);
          p49 = v50;
        }
        staged15 = vec4<f32>(p28, p35, p42, p49);
      }
      right[(v13 + 0u) * 8u + v12] = staged15;
    }
    workgroupBarrier();
    for (var t = 0u; t < 16u; t++) {
      let a0 = left[t * 8u + down + 0u];
      let c0 = right[t * 8u + across + 0u];
      s0_0 += a0[0] * c0;
      s1_0 += a0[1] * c0;
      s2_0 += a0[2] * c0;
      s3_0 += a0[3] * c0;
    }
    workgroupBarrier();
  }
  for (var turn = 0u; turn < 4u; turn++) {
    switch turn {
      case 0u: {
        results[down * 8u + across + 0u] = s0_0;
      }
      case 1u: {
        results[down * 8u + across + 0u] = s1_0;
      }
      case 2u: {
        results[down * 8u + across + 0u] = s2_0;
      }
      default: {
        results[down * 8u + across + 0u] = s3_0;
      }
    }
    workgroupBarrier();
    for (var cell = lane; cell < 256u; cell += 64u) {
      let row = top + (cell / 32u + turn / 4u * 8u) * 4u + turn % 4u;
      let column = side + cell % 32u;
      let b = batch;
      let m = row;
      let n = column;
      if (m < 6u && n < 32u) {
        let v51 = 1.0f * results[cell / 4u][cell % 4u];
        let v52 = v51 + v51;
        t0[(n / 16u) * 96u + m * 16u + (n % 16u)] = results[cell / 4u][cell % 4u];
        t1[(n / 16u) * 96u + m * 16u + (n % 16u)] = v52;
      }
    }
    workgroupBarrier();
  }
}

// conv2d_dx: 4 workgroups
@group(0) @binding(0) var<storage, read_write> t0: array<f32>;
@group(0) @binding(1) var<storage, read> t1: array<u32>;
@group(0) @binding(2) var<storage, read> t2: array<f32>;
var<workgroup> left: array<vec4<f32>, 128>;
var<workgroup> right: array<vec4<f32>, 128>;
var<workgroup> results: array<vec4<f32>, 64>;
@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) workgroups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let group = workgroup.x + workgroup.y * workgroups.x;
  let part = group / 4u;
  let batch = (group / 1u) % 4u;
  let top = (group / 1u) % 1u * 32u;
  let side = group % 1u * 32u;
  let down = lane / 8u;
  let across = lane % 8u;
  var s0_0 = vec4<f32>();
  var s1_0 = vec4<f32>();
  var s2_0 = vec4<f32>();
  var s3_0 = vec4<f32>();
  let first = part * 24u;
  let stop = min(first + 24u, 24u);
  for (var start = first; start < stop; start += 16u) {
    for (var cell = lane; cell < 128u; cell += 64u) {
      let v0 = cell % 8u;
      let v1 = cell / 8u;
      let v2 = start + v1;
      var staged3 = vec4<f32>();
      if (v2 < stop) {
        let v4 = top + v0 * 4u;
        let v5 = v4 + 1u;
        let v6 = v4 + 2u;
        let v7 = v4 + 3u;
        let v8 = (batch / 2u);
        let v9 = (batch % 2u);
        let v10 = (v2 / 4u);
        let v11 = ((v2 / 2u) % 2u);
        let v12 = (v2 % 2u);
        let v13 = ((v8 + 1u) % 2u) + v11 * 2u;
        let v14 = ((v9 + 1u) % 2u) + v12 * 2u;
        var p15 = 0.0f;
        if (v13 < 3u && v14 < 3u) {
          let v16 = bitcast<f32>(t1[v10 * 36u + v13 * 3u + v14 + v4 * 9u + 512u]);
          p15 = v16;
        }
        let v17 = ((v8 + 1u) % 2u) + v11 * 2u;
        let v18 = ((v9 + 1u) % 2u) + v12 * 2u;
        var p19 = 0.0f;
        if (v17 < 3u && v18 < 3u) {
          let v20 = bitcast<f32>(t1[v10 * 36u + v17 * 3u + v18 + v5 * 9u + 512u]);
          p19 = v20;
        }
        let v21 = ((v8 + 1u) % 2u) + v11 * 2u;
        let v22 = ((v9 + 1u) % 2u) + v12 * 2u;
        var p23 = 0.0f;
        if (v21 < 3u && v22 < 3u) {
          let v24 = bitcast<f32>(t1[v10 * 36u + v21 * 3u + v22 + v6 * 9u + 512u]);
          p23 = v24;
        }
        let v25 = ((v8 + 1u) % 2u) + v11 * 2u;
        let v26 = ((v9 + 1u) % 2u) + v12 * 2u;
        var p27 = 0.0f;
        if (v25 < 3u && v26 < 3u) {
          let v28 = bitcast<f32>(t1[v10 * 36u + v25 * 3u + v26 + v7 * 9u + 512u]);
          p27 = v28;
        }
        staged3 = vec4<f32>(p15, p19, p23, p27);
      }
      left[(v1 + 0u) * 8u + v0] = staged3;
    }
    for (var cell = lane; cell < 128u; cell += 64u) {
      let v29 = cell % 8u;
      let v30 = cell / 8u;
      let v31 = start + v30;
      var staged32 = vec4<f32>();
      if (v31 < stop) {
        let v33 = side + v29 * 4u;
        let v34 = v33 + 1u;
        let v35 = v33 + 2u;
        let v36 = v33 + 3u;
        let v37 = (batch / 2u);
        let v38 = (batch % 2u);
        let v39 = (v33 / 16u);
        let v40 = ((v33 / 4u) % 4u);
        let v41 = (v33 % 4u);
        let v42 = (v31 / 4u);
        let v43 = ((v31 / 2u) % 2u);
        let v44 = (v31 % 2u);
        let v45 = ((v37 + 1u) / 2u) + v40 - v43;
        let v46 = ((v38 + 1u) / 2u) + v41 - v44;
        var p47 = 0.0f;
        if (v45 < 4u && v46 < 4u) {
          let v48 = t2[v39 * 96u + v42 * 16u + v45 * 4u + v46];
          p47 = v48;
        }
        let v49 = (v34 / 16u);
        let v50 = ((v34 / 4u) % 4u);
        let v51 = (v34 % 4u);
        let v52 = ((v37 + 1u) / 2u) + v50 - v43;
        let v53 = ((v38 + 1u) / 2u) + v51 - v44;
        var p54 = 0.0f;
        if (v52 < 4u && v53 < 4u) {
          let v55 = t2[v42 * 16u + v49 * 96u + v52 * 4u + v53];
          p54 = v55;
        }
        let v56 = (v35 / 16u);
        let v57 = ((v35 / 4u) % 4u);
        let v58 = (v35 % 4u);
        let v59 = ((v37 + 1u) / 2u) + v57 - v43;
        let v60 = ((v38 + 1u) / 2u) + v58 - v44;
        var p61 = 0.0f;
        if (v59 < 4u && v60 < 4u) {
          let v62 = t2[v42 * 16u + v56 * 96u + v59 * 4u + v60];
          p61 = v62;
        }
        let v63 = (v36 / 16u);
        let v64 = ((v36 / 4u) % 4u);
        let v65 = (v36 % 4u);
        let v66 = ((v37 + 1u) / 2u) + v64 - v43;
        let v67 = ((v38 + 1u) / 2u) + v65 - v44;
        var p68 = 0.0f;
        if (v66 < 4u && v67 < 4u) {
          let v69 = t2[v42 * 16u + v63 * 96u + v66 * 4u + v67];
          p68 = v69;
        }
        staged32 = vec4<f32>(p47, p54, p61, p68);
      }
      right[(v30 + 0u) * 8u + v29] = staged32;
    }
    workgroupBarrier();
    for (var t = 0u; t < 16u; t++) {
      let a0 = left[t * 8u + down + 0u];
      let c0 = right[t * 8u + across + 0u];
      s0_0 += a0[0] * c0;
      s1_0 += a0[1] * c0;
      s2_0 += a0[2] * c0;
      s3_0 += a0[3] * c0;
    }
    workgroupBarrier();
  }
  for (var turn = 0u; turn < 4u; turn++) {
    switch turn {
      case 0u: {
        results[down * 8u + across + 0u] = s0_0;
      }
      case 1u: {
        results[down * 8u + across + 0u] = s1_0;
      }
      case 2u: {
        results[down * 8u + across + 0u] = s2_0;
      }
      default: {
        results[down * 8u + across + 0u] = s3_0;
      }
    }
    workgroupBarrier();
    for (var cell = lane; cell < 256u; cell += 64u) {
      let row = top + (cell / 32u + turn / 4u * 8u) * 4u + turn % 4u;
      let column = side + cell % 32u;
      let v70 = (batch / 2u) + ((column / 4u) % 4u) * 2u;
      let v71 = (batch % 2u) + (column % 4u) * 2u;
      let b = 0u;
      let m = row;
      let n = (((column / 16u)) * 8u + v70) * 8u + v71;
      if (m < 4u && column < 32u && v70 < 8u && v71 < 8u) {
        t0[(n / 64u) * 256u + m * 64u + (n % 64u)] = results[cell / 4u][cell % 4u];
      }
    }
    workgroupBarrier();
  }
}

// conv2d_dw: 1 workgroups
@group(0) @binding(0) var<storage, read_write> t0: array<f32>;
@group(0) @binding(1) var<storage, read> t1: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> t2: array<u32>;
var<workgroup> left: array<vec4<f32>, 64>;
var<workgroup> right: array<vec4<f32>, 256>;
var<workgroup> results: array<vec4<f32>, 64>;
@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) workgroups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let group = workgroup.x + workgroup.y * workgroups.x;
  let part = group / 1u;
  let batch = (group / 1u) % 1u;
  let top = (group / 1u) % 1u * 16u;
  let side = group % 1u * 64u;
  let down = lane / 16u;
  let across = lane % 16u;
  var s0_0 = vec4<f32>();
  var s1_0 = vec4<f32>();
  var s2_0 = vec4<f32>();
  var s3_0 = vec4<f32>();
  let first = part * 32u;
  let stop = min(first + 32u, 32u);
  for (var start = first; start < stop; start += 16u) {
    for (var cell = lane; cell < 16u; cell += 64u) {
      let v0 = cell / 4u;
      let v1 = (cell % 4u) * 4u;
      let v2 = start + v1;
      var staged3 = vec4<f32>();
      var staged4 = vec4<f32>();
      var staged5 = vec4<f32>();
      var staged6 = vec4<f32>();
      let v7 = top + v0 * 4u;
      let v8 = v7 + 1u;
      let v9 = v7 + 2u;
      let v10 = v7 + 3u;
      let v11 = v2 / 4u;
      let v12 = t1[(v11 / 4u) * 24u + (v11 % 4u) + v7 * 4u];
      let v13 = t1[(v11 / 4u) * 24u + (v11 % 4u) + v8 * 4u];
      let v14 = t1[(v11 / 4u) * 24u + (v11 % 4u) + v9 * 4u];
      let v15 = t1[(v11 / 4u) * 24u + (v11 % 4u) + v10 * 4u];
      staged3 = vec4<f32>(v12[0], v13[0], v14[0], v15[0]);
      staged4 = vec4<f32>(v12[1], v13[1], v14[1], v15[1]);
      staged5 = vec4<f32>(v12[2], v13[2], v14[2], v15[2]);
      staged6 = vec4<f32>(v12[3], v13[3], v14[3], v15[3]);
      left[(v1 + 0u) * 4u + v0] = staged3;
      left[(v1 + 1u) * 4u + v0] = staged4;
      left[(v1 + 2u) * 4u + v0] = staged5;
      left[(v1 + 3u) * 4u + v0] = staged6;
    }
    for (var cell = lane; cell < 256u; cell += 64u) {
      let v16 = cell % 16u;
      let v17 = cell / 16u;
      let v18 = start + v17;
      var staged19 = vec4<f32>();
      let v20 = side + v16 * 4u;
      let v21 = v20 + 1u;
      let v22 = v20 + 2u;
      let v23 = v20 + 3u;
      let v24 = (v20 / 9u);
      let v25 = ((v20 / 3u) % 3u);
      let v26 = (v20 % 3u);
      let v27 = (v18 / 16u);
      let v28 = ((v18 / 4u) % 4u);
      let v29 = (v18 % 4u);
      let v30 = v25 + v28 * 2u - 1u;
      let v31 = v26 + v29 * 2u - 1u;
      var p32 = 0.0f;
      if (v30 < 8u && v31 < 8u) {
        let v33 = bitcast<f32>(t2[v24 * 64u + v27 * 256u + v30 * 8u + v31 + 0u]);
        p32 = v33;
      }
      let v34 = (v21 / 9u);
      let v35 = ((v21 / 3u) % 3u);
      let v36 = (v21 % 3u);
      let v37 = v28 * 2u + v35 - 1u;
      let v38 = v29 * 2u + v36 - 1u;
      var p39 = 0.0f;
      if (v37 < 8u && v38 < 8u) {
        let v40 = bitcast<f32>(t2[v27 * 256u + v34 * 64u + v37 * 8u + v38 + 0u]);
        p39 = v40;
      }
      let v41 = (v22 / 9u);
      let v42 = ((v22 / 3u) % 3u);
      let v43 = (v22 % 3u);
      let v44 = v28 * 2u + v42 - 1u;
      let v45 = v29 * 2u + v43 - 1u;
      var p46 = 0.0f;
      if (v44 < 8u && v45 < 8u) {
        let v47 = bitcast<f32>(t2[v27 * 256u + v41 * 64u + v44 * 8u + v45 + 0u]);
        p46 = v47;
      }
      let v48 = (v23 / 9u);
      let v49 = ((v23 / 3u) % 3u);
      let v50 = (v23 % 3u);
      let v51 = v28 * 2u + v49 - 1u;
      let v52 = v29 * 2u + v50 - 1u;
      var p53 = 0.0f;
      if (v51 < 8u && v52 < 8u) {
        let v54 = bitcast<f32>(t2[v27 * 256u + v48 * 64u + v51 * 8u + v52 + 0u]);
        p53 = v54;
      }
      staged19 = vec4<f32>(p32, p39, p46, p53);
      right[(v17 + 0u) * 16u + v16] = staged19;
    }
    workgroupBarrier();
    for (var t = 0u; t < 16u; t++) {
      let a0 = left[t * 4u + down + 0u];
      let c0 = right[t * 16u + across + 0u];
      s0_0 += a0[0] * c0;
      s1_0 += a0[1] * c0;
      s2_0 += a0[2] * c0;
      s3_0 += a0[3] * c0;
    }
    workgroupBarrier();
  }
  for (var turn = 0u; turn < 4u; turn++) {
    switch turn {
      case 0u: {
        results[down * 16u + across + 0u] = s0_0;
      }
      case 1u: {
        results[down * 16u + across + 0u] = s1_0;
      }
      case 2u: {
        results[down * 16u + across + 0u] = s2_0;
      }
      default: {
        results[down * 16u + across + 0u] = s3_0;
      }
    }
    workgroupBarrier();
    for (var cell = lane; cell < 256u; cell += 64u) {
      let row = top + (cell / 64u + turn / 4u * 4u) * 4u + turn % 4u;
      let column = side + cell % 64u;
      let b = batch;
      let m = row;
      let n = column;
      if (m < 6u && n < 36u) {
        t0[m * 36u + n] = results[cell / 4u][cell % 4u];
      }
    }
    workgroupBarrier();
  }
}
