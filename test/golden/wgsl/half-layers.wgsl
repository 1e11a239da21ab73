// matmul: 4 workgroups
enable f16;
@group(0) @binding(0) var<storage, read_write> t0: array<f16>;
@group(0) @binding(1) var<storage, read> t1: array<u32>;
@group(0) @binding(2) var<storage, read> t2: array<vec4<f32>>;
var<workgroup> left: array<vec4<f32>, 128>;
var<workgroup> right: array<vec4<f32>, 128>;
var<workgroup> results: array<vec4<f32>, 64>;
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
@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) workgroups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let group = workgroup.x + workgroup.y * workgroups.x;
  let part = group / 4u;
  let batch = (group / 4u) % 1u;
  let top = (group / 2u) % 2u * 32u;
  let side = group % 2u * 32u;
  let down = lane / 8u;
  let across = lane % 8u;
  var s0_0 = vec4<f32>();
  var s1_0 = vec4<f32>();
  var s2_0 = vec4<f32>();
  var s3_0 = vec4<f32>();
  let first = part * 32u;
  let stop = min(first + 32u, 32u);
  for (var start = first; start < stop; start += 16u) {
    for (var cell = lane; cell < 128u; cell += 64u) {
      let v0 = cell % 8u;
      let v1 = cell / 8u;
      let v2 = start + v1;
      var staged3 = vec4<f32>();
      let v4 = top + v0 * 4u;
      let v5 = v4 + 1u;
      let v6 = v4 + 2u;
      let v7 = v4 + 3u;
      let v8 = bitcast<f32>(t1[v2 + v4 * 32u + 0u]);
      let v9 = bitcast<f32>(t1[v2 + v5 * 32u + 0u]);
      let v10 = bitcast<f32>(t1[v2 + v6 * 32u + 0u]);
      let v11 = bitcast<f32>(t1[v2 + v7 * 32u + 0u]);
      staged3 = vec4<f32>(v8, v9, v10, v11);
      left[(v1 + 0u) * 8u + v0] = staged3;
    }
    for (var cell = lane; cell < 32u; cell += 64u) {
      let v12 = cell / 4u;
      let v13 = (cell % 4u) * 4u;
      let v14 = start + v13;
      var staged15 = vec4<f32>();
      var staged16 = vec4<f32>();
      var staged17 = vec4<f32>();
      var staged18 = vec4<f32>();
      let v19 = side + v12 * 4u;
      let v20 = v19 + 1u;
      let v21 = v19 + 2u;
      let v22 = v19 + 3u;
      let v23 = v14 / 4u;
      let v24 = t2[v19 * 8u + v23];
      let v25 = t2[v20 * 8u + v23];
      let v26 = t2[v21 * 8u + v23];
      let v27 = t2[v22 * 8u + v23];
      staged15 = vec4<f32>(v24[0], v25[0], v26[0], v27[0]);
      staged16 = vec4<f32>(v24[1], v25[1], v26[1], v27[1]);
      staged17 = vec4<f32>(v24[2], v25[2], v26[2], v27[2]);
      staged18 = vec4<f32>(v24[3], v25[3], v26[3], v27[3]);
      right[(v13 + 0u) * 8u + v12] = staged15;
      right[(v13 + 1u) * 8u + v12] = staged16;
      right[(v13 + 2u) * 8u + v12] = staged17;
      right[(v13 + 3u) * 8u + v12] = staged18;
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
      if (m < 40u && n < 48u) {
        let v28 = results[cell / 4u][cell % 4u] * sigmoid(results[cell / 4u][cell % 4u]);
        t0[m * 48u + n] = f16(v28);
      }
    }
    workgroupBarrier();
  }
}

// matmul: 2 workgroups
enable f16;
@group(0) @binding(0) var<storage, read_write> t0: array<f16>;
@group(0) @binding(1) var<storage, read_write> t1: array<vec4<f16>>;
@group(0) @binding(2) var<storage, read> t2: array<vec4<f32>>;
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
  let part = group / 2u;
  let batch = (group / 2u) % 1u;
  let top = (group / 1u) % 2u * 32u;
  let side = group % 1u * 32u;
  let down = lane / 8u;
  let across = lane % 8u;
  var s0_0 = vec4<f32>();
  var s1_0 = vec4<f32>();
  var s2_0 = vec4<f32>();
  var s3_0 = vec4<f32>();
  let first = part * 48u;
  let stop = min(first + 48u, 48u);
  for (var start = first; start < stop; start += 16u) {
    for (var cell = lane; cell < 32u; cell += 64u) {
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
      let v12 = vec4<f32>(t1[v11 + v7 * 12u]);
      let v13 = vec4<f32>(t1[v11 + v8 * 12u]);
      let v14 = vec4<f32>(t1[v11 + v9 * 12u]);
      let v15 = vec4<f32>(t1[v10 * 12u + v11]);
      staged3 = vec4<f32>(v12[0], v13[0], v14[0], v15[0]);
      staged4 = vec4<f32>(v12[1], v13[1], v14[1], v15[1]);
      staged5 = vec4<f32>(v12[2], v13[2], v14[2], v15[2]);
      staged6 = vec4<f32>(v12[3], v13[3], v14[3], v15[3]);
      left[(v1 + 0u) * 8u + v0] = staged3;
      left[(v1 + 1u) * 8u + v0] = staged4;
      left[(v1 + 2u) * 8u + v0] = staged5;
      left[(v1 + 3u) * 8u + v0] = staged6;
    }
    for (var cell = lane; cell < 32u; cell += 64u) {
      let v16 = cell / 4u;
      let v17 = (cell % 4u) * 4u;
      let v18 = start + v17;
      var staged19 = vec4<f32>();
      var staged20 = vec4<f32>();
      var staged21 = vec4<f32>();
      var staged22 = vec4<f32>();
      let v23 = side + v16 * 4u;
      let v24 = v23 + 1u;
      let v25 = v23 + 2u;
      let v26 = v23 + 3u;
      let v27 = v18 / 4u;
      let v28 = t2[v23 * 12u + v27];
      let v29 = t2[v24 * 12u + v27];
      let v30 = t2[v25 * 12u + v27];
      let v31 = t2[v26 * 12u + v27];
      staged19 = vec4<f32>(v28[0], v29[0], v30[0], v31[0]);
      staged20 = vec4<f32>(v28[1], v29[1], v30[1], v31[1]);
      staged21 = vec4<f32>(v28[2], v29[2], v30[2], v31[2]);
      staged22 = vec4<f32>(v28[3], v29[3], v30[3], v31[3]);
      right[(v17 + 0u) * 8u + v16] = staged19;
      right[(v17 + 1u) * 8u + v16] = staged20;
      right[(v17 + 2u) * 8u + v16] = staged21;
      right[(v17 + 3u) * 8u + v16] = staged22;
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
      if (m < 40u && n < 32u) {
        t0[m * 32u + n] = f16(results[cell / 4u][cell % 4u]);
      }
    }
    workgroupBarrier();
  }
}

// layer_norm: 3 workgroups
enable f16;
@group(0) @binding(0) var<storage, read> t0: array<f16>;
@group(0) @binding(1) var<storage, read> t1: array<u32>;
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
  let r = min(wanted, 39u);
  var total0 = 0.0f;
  let e1 = min(own + 0u, 31u);
  let e2 = min(own + 4u, 31u);
  let e3 = min(own + 8u, 31u);
  let e4 = min(own + 12u, 31u);
  let e5 = min(own + 16u, 31u);
  let e6 = min(own + 20u, 31u);
  let e7 = min(own + 24u, 31u);
  let e8 = min(own + 28u, 31u);
  let v9 = f32(t0[e1 + r * 32u]);
  total0 = total0 + v9;
  let v10 = f32(t0[e2 + r * 32u]);
  total0 = total0 + v10;
  let v11 = f32(t0[e3 + r * 32u]);
  total0 = total0 + v11;
  let v12 = f32(t0[e4 + r * 32u]);
  total0 = total0 + v12;
  let v13 = f32(t0[e5 + r * 32u]);
  total0 = total0 + v13;
  let v14 = f32(t0[e6 + r * 32u]);
  total0 = total0 + v14;
  let v15 = f32(t0[e7 + r * 32u]);
  total0 = total0 + v15;
  let v16 = f32(t0[e8 + r * 32u]);
  total0 = total0 + v16;
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
  let v17 = total0 / 32.0f;
  var total18 = 0.0f;
  let v19 = v9 - v17;
  total18 = total18 + v19 * v19;
  let v20 = v10 - v17;
  total18 = total18 + v20 * v20;
  let v21 = v11 - v17;
  total18 = total18 + v21 * v21;
  let v22 = v12 - v17;
  total18 = total18 + v22 * v22;
  let v23 = v13 - v17;
  total18 = total18 + v23 * v23;
  let v24 = v14 - v17;
  total18 = total18 + v24 * v24;
  let v25 = v15 - v17;
  total18 = total18 + v25 * v25;
  let v26 = v16 - v17;
  total18 = total18 + v26 * v26;
  totals[lane] = total18;
  workgroupBarrier();
  if (own < 2u) {
    totals[lane] = totals[lane] + totals[lane + 2u];
  }
  workgroupBarrier();
  if (own < 1u) {
    totals[lane] = totals[lane] + totals[lane + 1u];
  }
  workgroupBarrier();
  total18 = totals[lane - own];
  workgroupBarrier();
  let v27 = total18 / 32.0f;
  let v28 = 1.0f / sqrt(v27 + 9.999999974752427e-7f);
  if (wanted >= 40u) { return; }
  let v29 = bitcast<f32>(t1[e1 + 1280u]);
  let v30 = bitcast<f32>(t1[e1 + 1312u]);
  let v31 = (v9 - v17) * v28 * v29 + v30;
  if (own + 0u < 32u) {
    let e = own + 0u;
    t2[e + r * 32u] = v31;
  }
  let v32 = bitcast<f32>(t1[e2 + 1280u]);
  let v33 = bitcast<f32>(t1[e2 + 1312u]);
  let v34 = (v10 - v17) * v28 * v32 + v33;
  if (own + 4u < 32u) {
    let e = own + 4u;
    t2[e + r * 32u] = v34;
  }
  let v35 = bitcast<f32>(t1[e3 + 1280u]);
  let v36 = bitcast<f32>(t1[e3 + 1312u]);
  let v37 = (v11 - v17) * v28 * v35 + v36;
  if (own + 8u < 32u) {
    let e = own + 8u;
    t2[e + r * 32u] = v37;
  }
  let v38 = bitcast<f32>(t1[e4 + 1280u]);
  let v39 = bitcast<f32>(t1[e4 + 1312u]);
  let v40 = (v12 - v17) * v28 * v38 + v39;
  if (own + 12u < 32u) {
    let e = own + 12u;
    t2[e + r * 32u] = v40;
  }
  let v41 = bitcast<f32>(t1[e5 + 1280u]);
  let v42 = bitcast<f32>(t1[e5 + 1312u]);
  let v43 = (v13 - v17) * v28 * v41 + v42;
  if (own + 16u < 32u) {
    let e = own + 16u;
    t2[e + r * 32u] = v43;
  }
  let v44 = bitcast<f32>(t1[e6 + 1280u]);
  let v45 = bitcast<f32>(t1[e6 + 1312u]);
  let v46 = (v14 - v17) * v28 * v44 + v45;
  if (own + 20u < 32u) {
    let e = own + 20u;
    t2[e + r * 32u] = v46;
  }
  let v47 = bitcast<f32>(t1[e7 + 1280u]);
  let v48 = bitcast<f32>(t1[e7 + 1312u]);
  let v49 = (v15 - v17) * v28 * v47 + v48;
  if (own + 24u < 32u) {
    let e = own + 24u;
    t2[e + r * 32u] = v49;
  }
  let v50 = bitcast<f32>(t1[e8 + 1280u]);
  let v51 = bitcast<f32>(t1[e8 + 1312u]);
  let v52 = (v16 - v17) * v28 * v50 + v51;
  if (own + 28u < 32u) {
    let e = own + 28u;
    t2[e + r * 32u] = v52;
  }
}
