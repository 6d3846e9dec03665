const LANES = 8;

/** Maps a list with at most `lanes` concurrent calls; results keep the order of the list. */
export async function mapConcurrent<Item, Result>(
  items: readonly Item[],
  map: (item: Item, index: number) => Promise<Result>,
  lanes = LANES,
): Promise<Result[]> {
  const results: Result[] = [];
  const remaining = items.entries();
  const lane = async () => {
    for (const [index, item] of remaining) results[index] = await map(item, index);
  };
  await Promise.all(Array.from({ length: Math.min(lanes, items.length) }, lane));
  return results;
}
