// rms_norm: 2 workgroups
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
  let wanted = group * 8u + lane / 8u;
  let r = min(wanted, 8u);
  var total0 = 0.0f;
  let e1 = min(own + 0u, 47u);
  let e2 = min(own + 8u, 47u);
  let e3 = min(own + 16u, 47u);
  let e4 = min(own + 24u, 47u);
  let e5 = min(own + 32u, 47u);
  let e6 = min(own + 40u, 47u);
  let v7 = bitcast<f32>(t0[e1 + r * 48u + 0u]);
  let v8 = v7 - 0.0f;
  total0 = total0 + v8 * v8;
  let v9 = bitcast<f32>(t0[e2 + r * 48u + 0u]);
  let v10 = v9 - 0.0f;
  total0 = total0 + v10 * v10;
  let v11 = bitcast<f32>(t0[e3 + r * 48u + 0u]);
  let v12 = v11 - 0.0f;
  total0 = total0 + v12 * v12;
  let v13 = bitcast<f32>(t0[e4 + r * 48u + 0u]);
  let v14 = v13 - 0.0f;
  total0 = total0 + v14 * v14;
  let v15 = bitcast<f32>(t0[e5 + r * 48u + 0u]);
  let v16 = v15 - 0.0f;
  total0 = total0 + v16 * v16;
  let v17 = bitcast<f32>(t0[e6 + r * 48u + 0u]);
  let v18 = v17 - 0.0f;
  total0 = total0 + v18 * v18;
  totals[lane] = total0;
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
  workgroupBarrier();
  total0 = totals[lane - own];
  workgroupBarrier();
  let v19 = total0 / 48.0f;
  let v20 = 1.0f / sqrt(v19 + 9.999999974752427e-7f);
  if (wanted >= 9u) { return; }
  let v21 = bitcast<f32>(t0[e1 + 432u]);
  let v22 = v7 * v20 * v21;
  if (own + 0u < 48u) {
    let e = own + 0u;
    t1[e + r * 48u] = v22;
  }
  let v23 = bitcast<f32>(t0[e2 + 432u]);
  let v24 = v9 * v20 * v23;
  if (own + 8u < 48u) {
    let e = own + 8u;
    t1[e + r * 48u] = v24;
  }
  let v25 = bitcast<f32>(t0[e3 + 432u]);
  let v26 = v11 * v20 * v25;
  if (own + 16u < 48u) {
    let e = own + 16u;
    t1[e + r * 48u] = v26;
  }
  let v27 = bitcast<f32>(t0[e4 + 432u]);
  let v28 = v13 * v20 * v27;
  if (own + 24u < 48u) {
    let e = own + 24u;
    t1[e + r * 48u] = v28;
  }
  let v29 = bitcast<f32>(t0[e5 + 432u]);
  let v30 = v15 * v20 * v29;
  if (own + 32u < 48u) {
    let e = own + 32u;
    t1[e + r * 48u] = v30;
  }
  let v31 = bitcast<f32>(t0[e6 + 432u]);
  let v32 = v17 * v20 * v31;
  if (own + 40u < 48u) {
    let e = own + 40u;
    t1[e + r * 48u] = v32;
  }
}

// layer_norm: 2 workgroups
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
  let wanted = group * 8u + lane / 8u;
  let r = min(wanted, 8u);
  var total0 = 0.0f;
  let e1 = min(own + 0u, 47u);
  let e2 = min(own + 8u, 47u);
  let e3 = min(own + 16u, 47u);
  let e4 = min(own + 24u, 47u);
  let e5 = min(own + 32u, 47u);
  let e6 = min(own + 40u, 47u);
  let v7 = bitcast<f32>(t0[e1 + r * 48u + 0u]);
  total0 = total0 + v7;
  let v8 = bitcast<f32>(t0[e2 + r * 48u + 0u]);
  total0 = total0 + v8;
  let v9 = bitcast<f32>(t0[e3 + r * 48u + 0u]);
  total0 = total0 + v9;
  let v10 = bitcast<f32>(t0[e4 + r * 48u + 0u]);
  total0 = total0 + v10;
  let v11 = bitcast<f32>(t0[e5 + r * 48u + 0u]);
  total0 = total0 + v11;
  let v12 = bitcast<f32>(t0[e6 + r * 48u + 0u]);
  total0 = total0 + v12;
  totals[lane] = total0;
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
  workgroupBarrier();
  total0 = totals[lane - own];
  workgroupBarrier();
  let v13 = total0 / 48.0f;
  var total14 = 0.0f;
  let v15 = v7 - v13;
  total14 = total14 + v15 * v15;
  let v16 = v8 - v13;
  total14 = total14 + v16 * v16;
  let v17 = v9 - v13;
  total14 = total14 + v17 * v17;
  let v18 = v10 - v13;
  total14 = total14 + v18 * v18;
  let v19 = v11 - v13;
  total14 = total14 + v19 * v19;
  let v20 = v12 - v13;
  total14 = total14 + v20 * v20;
  totals[lane] = total14;
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
  workgroupBarrier();
  total14 = totals[lane - own];
  workgroupBarrier();
  let v21 = total14 / 48.0f;
  let v22 = 1.0f / sqrt(v21 + 9.999999974752427e-7f);
  if (wanted >= 9u) { return; }
  let v23 = bitcast<f32>(t0[e1 + 432u]);
  let v24 = bitcast<f32>(t0[e1 + 480u]);
  let v25 = (v7 - v13) * v22 * v23 + v24;
  if (own + 0u < 48u) {
    let e = own + 0u;
    t1[e + r * 48u] = v25;
  }
  let v26 = bitcast<f32>(t0[e2 + 432u]);
  let v27 = bitcast<f32>(t0[e2 + 480u]);
  let v28 = (v8 - v13) * v22 * v26 + v27;
  if (own + 8u < 48u) {
    let e = own + 8u;
    t1[e + r * 48u] = v28;
  }
  let v29 = bitcast<f32>(t0[e3 + 432u]);
  let v30 = bitcast<f32>(t0[e3 + 480u]);
  let v31 = (v9 - v13) * v22 * v29 + v30;
  if (own + 16u < 48u) {
    let e = own + 16u;
    t1[e + r * 48u] = v31;
  }
  let v32 = bitcast<f32>(t0[e4 + 432u]);
  let v33 = bitcast<f32>(t0[e4 + 480u]);
  let v34 = (v10 - v13) * v22 * v32 + v33;
  if (own + 24u < 48u) {
    let e = own + 24u;
    t1[e + r * 48u] = v34;
  }
  let v35 = bitcast<f32>(t0[e5 + 432u]);
  let v36 = bitcast<f32>(t0[e5 + 480u]);
  let v37 = (v11 - v13) * v22 * v35 + v36;
  if (own + 32u < 48u) {
    let e = own + 32u;
    t1[e + r * 48u] = v37;
  }
  let v38 = bitcast<f32>(t0[e6 + 432u]);
  let v39 = bitcast<f32>(t0[e6 + 480u]);
  let v40 = (v12 - v13) * v22 * v38 + v39;
  if (own + 40u < 48u) {
    let e = own + 40u;
    t1[e + r * 48u] = v40;
  }
}

// softmax: 2 workgroups
@group(0) @binding(0) var<storage, read> t0: array<u32>;
@group(0) @binding(1) var<storage, read_write> t1: array<f32>;
var<workgroup> totals: array<f32, 64>;
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
@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) workgroups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let group = workgroup.x + workgroup.y * workgroups.x;
  let own = lane % 8u;
  let wanted = group * 8u + lane / 8u;
  let r = min(wanted, 8u);
  var total0 = -infinity();
  let e1 = min(own + 0u, 47u);
  let e2 = min(own + 8u, 47u);
  let e3 = min(own + 16u, 47u);
  let e4 = min(own + 24u, 47u);
  let e5 = min(own + 32u, 47u);
  let e6 = min(own + 40u, 47u);
  let v7 = bitcast<f32>(t0[e1 + r * 48u + 0u]);
  total0 = max(total0, v7);
  let v8 = bitcast<f32>(t0[e2 + r * 48u + 0u]);
  total0 = max(total0, v8);
  let v9 = bitcast<f32>(t0[e3 + r * 48u + 0u]);
  total0 = max(total0, v9);
  let v10 = bitcast<f32>(t0[e4 + r * 48u + 0u]);
  total0 = max(total0, v10);
  let v11 = bitcast<f32>(t0[e5 + r * 48u + 0u]);
  total0 = max(total0, v11);
  let v12 = bitcast<f32>(t0[e6 + r * 48u + 0u]);
  total0 = max(total0, v12);
  totals[lane] = total0;
  workgroupBarrier();
  if (own < 4u) {
    totals[lane] = max(totals[lane], totals[lane + 4u]);
  }
  workgroupBarrier();
  if (own < 2u) {
    totals[lane] = max(totals[lane], totals[lane + 2u]);
  }
  workgroupBarrier();
  if (own < 1u) {
    totals[lane] = max(totals[lane], totals[lane + 1u]);
  }
  workgroupBarrier();
  total0 = totals[lane - own];
  workgroupBarrier();
  var total13 = 0.0f;
  total13 = total13 + exponential(v7 - total0);
  total13 = total13 + exponential(v8 - total0);
  total13 = total13 + exponential(v9 - total0);
  total13 = total13 + exponential(v10 - total0);
  total13 = total13 + exponential(v11 - total0);
  total13 = total13 + exponential(v12 - total0);
  totals[lane] = total13;
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
  workgroupBarrier();
  total13 = totals[lane - own];
  workgroupBarrier();
  if (wanted >= 9u) { return; }
  let v14 = exponential(v7 - total0) / total13;
  if (own + 0u < 48u) {
    let e = own + 0u;
    t1[e + r * 48u] = v14;
  }
  let v15 = exponential(v8 - total0) / total13;
  if (own + 8u < 48u) {
    let e = own + 8u;
    t1[e + r * 48u] = v15;
  }
  let v16 = exponential(v9 - total0) / total13;
  if (own + 16u < 48u) {
    let e = own + 16u;
    t1[e + r * 48u] = v16;
  }
  let v17 = exponential(v10 - total0) / total13;
  if (own + 24u < 48u) {
    let e = own + 24u;
    t1[e + r * 48u] = v17;
  }
  let v18 = exponential(v11 - total0) / total13;
  if (own + 32u < 48u) {
    let e = own + 32u;
    t1[e + r * 48u] = v18;
  }
  let v19 = exponential(v12 - total0) / total13;
  if (own + 40u < 48u) {
    let e = own + 40u;
    t1[e + r * 48u] = v19;
  }
}
