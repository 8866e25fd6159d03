export { LogSidecars } from './aspect.ts';
export { DigestImage, digestParameter } from './image.ts';
export { LogSidecar, type LogSidecarProps } from './log-sidecar.ts';
export { readSpec, type SidecarSpec } from './spec.ts';
