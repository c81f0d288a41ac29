// stub
export const activate = () => {};
