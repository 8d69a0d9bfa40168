import {
  type DataFrame,
  type DataTransformerConfig,
  standardTransformers,
  standardTransformersRegistry,
  transformDataFrame,
} from '@grafana/data'
import { firstValueFrom } from 'rxjs'
import type { Panel } from '../drawing.ts'

// Some have two names.
const TRANSFORMERS = new Set(Object.values(standardTransformers))

standardTransformersRegistry.setInit(() =>
  Array.from(TRANSFORMERS, (transformation) => ({
    id: transformation.id,
    name: transformation.name,
    transformation: async () => transformation,
    editor: () => null,
    imageDark: '',
    imageLight: '',
  })),
)

/** Applies the panel's transformations, such as `merge` and `organize`. */
export async function transform(frames: DataFrame[], { transformations = [] }: Panel): Promise<DataFrame[]> {
  if (transformations.length === 0) return frames
  return firstValueFrom(transformDataFrame([...transformations] as DataTransformerConfig[], frames))
}
