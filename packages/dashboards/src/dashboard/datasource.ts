/** The data source that the dashboard's first variable chooses. */
export const DATASOURCE = { type: 'prometheus', uid: `\${datasource}` }
