// What kinds about CSI drivers share. Upstream: pkg/apis/core/validation/validation.go ValidateCSIDriverName (v1.33). Rule: P1.

import { type FieldError, invalid, required, tooLong } from '../../apimachinery/field-errors.ts';
import { subdomainProblems } from '../../apimachinery/names.ts';

const DRIVER_NAME_BYTES_MAX = 63;

/** Errors of a driver's name. */
export function driverNameErrors(name: string, path: string): readonly FieldError[] {
  return [
    ...(name === '' ? [required(path)] : []),
    ...(name.length > DRIVER_NAME_BYTES_MAX ? [tooLong(path, DRIVER_NAME_BYTES_MAX)] : []),
    ...subdomainProblems(name.toLowerCase()).map((problem) => invalid(path, name, problem)),
  ];
}
