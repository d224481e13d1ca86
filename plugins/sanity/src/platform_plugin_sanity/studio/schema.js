// Types as plain data, with rules that become functions. See schema.py.

export function toTypes(types) {
  return types.map(toType)
}

function toType({rules, plural, ...type}) {
  const result = {...type}
  if (type.fields) result.fields = type.fields.map(toType)
  if (type.of) result.of = type.of.map(toType)
  if (type.marks) result.marks = {...type.marks, annotations: (type.marks.annotations ?? []).map(toType)}
  if (rules) result.validation = (rule) => toRule(rule, rules)
  return result
}

function toRule(rule, {required, pattern, shown_as: shownAs, min, integer}) {
  let result = rule
  if (required) result = result.required()
  if (pattern) result = result.regex(new RegExp(pattern), {name: shownAs})
  if (min !== undefined) result = result.min(min)
  if (integer) result = result.integer()
  return result
}
