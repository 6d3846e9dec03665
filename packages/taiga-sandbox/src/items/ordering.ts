/**
 * Moves all rows at or after a new position one step back, so that the moved row's is unique.
 *
 * @param rows all rows of the list, the moved one included.
 * @returns the new positions of the shifted rows, by id.
 * @see taiga-back projects/services/bulk_update_order.py, apply_order_update
 */
export function makeRoom<Field extends string, Row extends { id: number } & Record<Field, number>>(
  rows: readonly Row[],
  moved: Row,
  field: Field,
): Record<string, number> {
  const shifted = rows.filter((row) => row.id !== moved.id && row[field] >= moved[field]);
  for (const row of shifted) (row as Record<Field, number>)[field] += 1;
  return Object.fromEntries(shifted.map((row) => [String(row.id), row[field]]));
}
