/**
 * Elementary functions as WGSL text. The built-in ones differ from driver to
 * driver and may be off by hundreds of roundings; these are built of plain
 * arithmetic, so every adapter gives nearly the same numbers. Polynomials are
 * those of Moshier's Cephes library (single precision).
 */
interface WgslFunction {
  readonly text: string;
  /** Functions that it calls. */
  readonly uses?: readonly FunctionName[];
}

/** Name of one of {@linkcode FUNCTIONS}. */
export type FunctionName =
  | "infinity"
  | "not_a_number"
  | "is_nan"
  | "scale_by_power"
  | "exponential"
  | "exponential_minus_one"
  | "logarithm"
  | "curved_logarithm"
  | "logarithm_of_one_plus"
  | "turned_sine"
  | "sine"
  | "cosine"
  | "hyperbolic_tangent"
  | "sigmoid"
  | "softplus"
  | "error_function"
  | "power"
  | "unsigned"
  | "philox"
  | "uniform_word";

/** Every function by name. */
export const FUNCTIONS: Readonly<Record<FunctionName, WgslFunction>> = {
  // Constants that WGSL has no literal for: a variable stops constant folding.
  infinity: {
    text: `fn infinity() -> f32 {
  var bits = 0x7f800000u;
  return bitcast<f32>(bits);
}`,
  },
  not_a_number: {
    text: `fn not_a_number() -> f32 {
  var bits = 0x7fc00000u;
  return bitcast<f32>(bits);
}`,
  },
  // Compilers may fold x != x to false; bits they leave alone.
  is_nan: {
    text: `fn is_nan(x: f32) -> bool {
  return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u;
}`,
  },
  scale_by_power: {
    text: `fn scale_by_power(x: f32, n: i32) -> f32 {
  let half = n / 2;
  let first = bitcast<f32>(u32(half + 127) << 23u);
  let second = bitcast<f32>(u32(n - half + 127) << 23u);
  return x * first * second;
}`,
  },
  exponential: {
    text: `fn exponential(x: f32) -> f32 {
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
}`,
    uses: ["scale_by_power", "infinity"],
  },
  exponential_minus_one: {
    text: `fn exponential_minus_one(x: f32) -> f32 {
  if (abs(x) > 0.4f) { return exponential(x) - 1.0f; }
  var p = 1.9875691500e-4f;
  p = p * x + 1.3981999507e-3f;
  p = p * x + 8.3334519073e-3f;
  p = p * x + 4.1665795894e-2f;
  p = p * x + 1.6666665459e-1f;
  p = p * x + 5.0000001201e-1f;
  return p * x * x + x;
}`,
    uses: ["exponential"],
  },
  logarithm: {
    text: `fn logarithm(x: f32) -> f32 {
  if (x == 0.0f) { return -infinity(); }
  if (x < 0.0f || is_nan(x)) { return not_a_number(); }
  if (x == infinity()) { return x; }
  let tiny = x < 1.17549435e-38f;
  let bits = bitcast<u32>(select(x, x * 16777216.0f, tiny));
  var e = i32(bits >> 23u) - 126 - select(0, 24, tiny);
  var m = bitcast<f32>((bits & 0x007fffffu) | 0x3f000000u);
  if (m < 0.70710678f) {
    e -= 1;
    m = m + m;
  }
  m = m - 1.0f;
  let n = f32(e);
  return m + (curved_logarithm(m) - n * 2.12194440e-4f) + n * 0.693359375f;
}`,
    uses: ["infinity", "not_a_number", "is_nan", "curved_logarithm"],
  },
  // ln(1 + m) - m, for m between -0.3 and 0.42.
  curved_logarithm: {
    text: `fn curved_logarithm(m: f32) -> f32 {
  let z = m * m;
  var p = 7.0376836292e-2f;
  p = p * m - 1.1514610310e-1f;
  p = p * m + 1.1676998740e-1f;
  p = p * m - 1.2420140846e-1f;
  p = p * m + 1.4249322787e-1f;
  p = p * m - 1.6668057665e-1f;
  p = p * m + 2.0000714765e-1f;
  p = p * m - 2.4999993993e-1f;
  p = p * m + 3.3333331174e-1f;
  return p * m * z - 0.5f * z;
}`,
  },
  // Not by way of (1 + x) - 1, which compilers take for x.
  logarithm_of_one_plus: {
    text: `fn logarithm_of_one_plus(x: f32) -> f32 {
  if (x > -0.28f && x < 0.4f) { return x + curved_logarithm(x); }
  return logarithm(1.0f + x);
}`,
    uses: ["logarithm", "curved_logarithm"],
  },
  // Reduced by multiples of pi / 2 in three parts: exact for |x| below 8192.
  turned_sine: {
    text: `fn turned_sine(x: f32, quarters: i32) -> f32 {
  let k = floor(x * 0.636619772f + 0.5f);
  let r = ((x - k * 1.5703125f) - k * 4.837512969970703e-4f) - k * 7.54978995489e-8f;
  let z = r * r;
  let s = ((-1.9515295891e-4f * z + 8.3321608736e-3f) * z - 1.6666654611e-1f) * z * r + r;
  let c = ((2.443315711809948e-5f * z - 1.388731625493765e-3f) * z + 4.166664568298827e-2f) * z * z - 0.5f * z + 1.0f;
  let quadrant = (i32(k) + quarters) & 3;
  let y = select(s, c, (quadrant & 1) == 1);
  return select(y, -y, quadrant >= 2);
}`,
  },
  sine: {
    text: `fn sine(x: f32) -> f32 {
  return turned_sine(x, 0);
}`,
    uses: ["turned_sine"],
  },
  cosine: {
    text: `fn cosine(x: f32) -> f32 {
  return turned_sine(x, 1);
}`,
    uses: ["turned_sine"],
  },
  hyperbolic_tangent: {
    text: `fn hyperbolic_tangent(x: f32) -> f32 {
  let a = abs(x);
  if (a > 0.625f) {
    return sign(x) * (1.0f - 2.0f / (exponential(2.0f * min(a, 40.0f)) + 1.0f));
  }
  let z = x * x;
  var p = -5.70498872745e-3f;
  p = p * z + 2.06390887954e-2f;
  p = p * z - 5.37397155531e-2f;
  p = p * z + 1.33314422036e-1f;
  p = p * z - 3.33332819422e-1f;
  return p * z * x + x;
}`,
    uses: ["exponential"],
  },
  sigmoid: {
    text: `fn sigmoid(x: f32) -> f32 {
  return 1.0f / (1.0f + exponential(-x));
}`,
    uses: ["exponential"],
  },
  softplus: {
    text: `fn softplus(x: f32) -> f32 {
  return max(x, 0.0f) + logarithm_of_one_plus(exponential(-abs(x)));
}`,
    uses: ["exponential", "logarithm_of_one_plus"],
  },
  error_function: {
    text: `fn error_function(x: f32) -> f32 {
  let a = abs(x);
  let z = x * x;
  if (a < 1.0f) {
    var p = 7.853861353153693e-5f;
    p = p * z - 8.010193625184903e-4f;
    p = p * z + 5.188327685732524e-3f;
    p = p * z - 2.685381193529856e-2f;
    p = p * z + 1.128358514861418e-1f;
    p = p * z - 3.761262582423300e-1f;
    p = p * z + 1.128379165726710e+0f;
    return x * p;
  }
  let q = 1.0f / a;
  let y = q * q;
  var p = 0.0f;
  if (a < 2.0f) {
    p = 2.326819970068386e-2f;
    p = p * y - 1.387039388740657e-1f;
    p = p * y + 3.687424674597105e-1f;
    p = p * y - 5.824733027278666e-1f;
    p = p * y + 6.210004621745983e-1f;
    p = p * y - 4.944515323274145e-1f;
    p = p * y + 3.404879937665872e-1f;
    p = p * y - 2.741127028184656e-1f;
    p = p * y + 5.638259427386472e-1f;
  } else {
    p = -1.047766399936249e+1f;
    p = p * y + 1.297719955372516e+1f;
    p = p * y - 7.495518717768503e+0f;
    p = p * y + 2.921019019210786e+0f;
    p = p * y - 1.015265279202700e+0f;
    p = p * y + 4.218463358204948e-1f;
    p = p * y - 2.820767439740514e-1f;
    p = p * y + 5.641895067754075e-1f;
  }
  return sign(x) * (1.0f - exponential(-z) * q * p);
}`,
    uses: ["exponential"],
  },
  power: {
    text: `fn power(a: f32, b: f32) -> f32 {
  if (b == 0.0f) { return 1.0f; }
  let whole = floor(b) == b;
  let odd = whole && (floor(b * 0.5f) * 2.0f != b);
  if (a == 0.0f) { return select(infinity(), 0.0f, b > 0.0f); }
  let size = exponential(b * logarithm(abs(a)));
  if (a > 0.0f) { return size; }
  if (!whole) { return not_a_number(); }
  return select(size, -size, odd);
}`,
    uses: ["exponential", "logarithm", "infinity", "not_a_number"],
  },
  // Floats below zero wrap as integers do.
  unsigned: {
    text: `fn unsigned(x: f32) -> u32 {
  return select(u32(x), bitcast<u32>(i32(x)), x < 0.0f);
}`,
  },
  // Philox4x32-10 (Salmon et al. 2011).
  philox: {
    text: `fn wide_multiply(a: u32, b: u32) -> vec2<u32> {
  let al = a & 0xffffu;
  let ah = a >> 16u;
  let bl = b & 0xffffu;
  let bh = b >> 16u;
  let low = al * bl;
  let middle = ah * bl + (low >> 16u);
  let other = al * bh + (middle & 0xffffu);
  return vec2<u32>(a * b, ah * bh + (middle >> 16u) + (other >> 16u));
}

fn philox(counter: vec4<u32>, key: vec2<u32>) -> vec4<u32> {
  var c = counter;
  var k = key;
  for (var round = 0u; round < 10u; round++) {
    let first = wide_multiply(0xD2511F53u, c.x);
    let second = wide_multiply(0xCD9E8D57u, c.z);
    c = vec4<u32>(second.y ^ c.y ^ k.x, second.x, first.y ^ c.w ^ k.y, first.x);
    k += vec2<u32>(0x9E3779B9u, 0xBB67AE85u);
  }
  return c;
}`,
  },
  uniform_word: {
    text: `fn uniform_word(word: u32) -> f32 {
  return (f32(word >> 9u) + 0.5f) * 1.1920928955078125e-7f;
}`,
  },
};

/** The text of some functions and all that they call, callees first. */
export function functionTexts(names: Iterable<FunctionName>): string[] {
  const done = new Set<FunctionName>();
  const visit = (name: FunctionName) => {
    if (done.has(name)) return;
    FUNCTIONS[name].uses?.forEach(visit);
    done.add(name);
  };
  for (const name of names) visit(name);
  return [...done].map((name) => FUNCTIONS[name].text);
}
