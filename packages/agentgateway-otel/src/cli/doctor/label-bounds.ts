import { LABEL_SETS, type LabelBound, type OpenLabel } from '@agentgateway-otel/metrics'

const isOpen = (bound: LabelBound): bound is OpenLabel & LabelBound => 'maxValues' in bound

/** The bounds of the labels whose values come from the app or its clients, by the label's name as it is in a scrape. */
export const boundsByLabel: ReadonlyMap<string, OpenLabel> = new Map(
  Object.values(LABEL_SETS).flatMap((labels) =>
    (labels as readonly (readonly [string, LabelBound])[]).flatMap(([name, bound]) =>
      isOpen(bound) ? [[name.replaceAll('.', '_'), bound] as const] : [],
    ),
  ),
)
