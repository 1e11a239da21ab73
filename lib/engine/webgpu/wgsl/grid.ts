/** WGSL that says which workgroup of the whole grid this one is. */
export function groupText(
  { pieces }: { readonly pieces: number },
): { readonly declarations: readonly string[]; readonly group: string } {
  const place = "workgroup.x + workgroup.y * workgroups.x";
  if (pieces === 1) return { declarations: [], group: place };
  return {
    declarations: ["@group(1) @binding(0) var<uniform> first_group: u32;"],
    group: `first_group + ${place}`,
  };
}
