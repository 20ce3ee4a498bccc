// Rows of a table in the order that its headings ask for. Owns what it means; what a column orders by is its table's.

export interface Ordered<Row> {
  key: string;
  /** By what rows are put in order; what has none comes last. */
  order: (row: Row) => string | number | null;
}

/** In this order: names of columns, `-` before those that run the other way. Rows that are alike stay as they came. */
export function inOrderOf<Row>(rows: Row[], sort: string[], columns: readonly Ordered<Row>[], locale: string): Row[] {
  const compare = new Intl.Collator(locale, { numeric: true }).compare;
  const terms = sort.flatMap((term) => {
    const column = columns.find((column) => column.key === term.replace(/^-/, ''));
    return column ? [{ order: column.order, sign: term.startsWith('-') ? -1 : 1 }] : [];
  });
  if (terms.length === 0) return rows;
  return rows.toSorted((one, other) => {
    for (const { order, sign } of terms) {
      const [first, second] = [order(one), order(other)];
      if (first === second) continue;
      if (first === null || second === null) return first === null ? 1 : -1;
      const by = typeof first === 'string' ? compare(first, String(second)) : first - Number(second);
      if (by !== 0) return by * sign;
    }
    return 0;
  });
}
