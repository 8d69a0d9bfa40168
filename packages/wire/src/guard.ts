export const onFault = () => {}
