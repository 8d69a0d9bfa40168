import { EnvironmentReader, type Reading } from '../../configuration/environment-reader.ts'
import type { Variable } from '../../configuration/variable.ts'
import { VARIABLES } from '../../configuration/variables.ts'
import { shownUrl } from '../../otlp/shown-url.ts'
import type { AppEnvironment } from './app-environment.ts'
import type { RecordingReader } from './recording-reader.ts'
import { SETTING_GROUPS, type SettingGroup, type SettingName } from './setting-groups.ts'

/** A setting as it is in force. */
export interface Setting {
  readonly name: SettingName
  readonly group: SettingGroup
  /** All variables that it may come from, by precedence. */
  readonly variables: readonly string[]
  /** The variable that it comes from; undefined when it is the default. */
  readonly variable: string | undefined
  /** The `--env-file` that has this variable; undefined where it is in the environment itself. */
  readonly file: string | undefined
  /** As JSON can have it, without secrets: of headers only the names, and of other secrets nothing. */
  readonly value: unknown
  /** Whether the value is left out. */
  readonly isHidden: boolean
  /** Whether anything reads it: most of OTLP's settings are without effect where nothing is sent. */
  readonly isUsed: boolean
}

/** Returns all settings of an environment, as its configuration has been read. */
export function settingsOf({ environment, files }: AppEnvironment, { readings }: RecordingReader): readonly Setting[] {
  return Object.entries(SETTING_GROUPS).map(([key, group]) => {
    const name = key as SettingName
    const variable: Variable<unknown> = VARIABLES[name]
    const reading = readings.get(variable.names[0])
    const { value, name: source } = reading ?? new EnvironmentReader(environment).read(variable)
    return {
      name,
      group,
      variables: variable.names,
      variable: source,
      file: source === undefined ? undefined : files.get(source),
      ...shownValue(variable, { value, name: source }),
      isUsed: reading !== undefined,
    }
  })
}

function shownValue(
  { isSecret = false, documentation }: Variable<unknown>,
  { value, name }: Reading<unknown>,
): Pick<Setting, 'value' | 'isHidden'> {
  if (isSecret) {
    const isList = typeof value === 'object' && value !== null
    return { value: isList ? Object.keys(value) : null, isHidden: name !== undefined }
  }
  // Where the default is not a value of its kind, the documents say what stands for it.
  if (value === undefined)
    return { value: /^`([^`]+)`$/.exec(documentation.default ?? '')?.[1] ?? null, isHidden: false }
  if (value instanceof URL || name?.endsWith('_ENDPOINT')) return { value: shownUrl(String(value)), isHidden: false }
  return { value, isHidden: false }
}
