// What the studio asks of the account, the project and its roles: one person who may do everything.

const PERSON = {
  id: 'stand-in',
  name: 'Editor',
  email: 'editor@localhost',
  provider: 'stand-in',
  role: 'administrator',
  roles: [{name: 'administrator', title: 'Administrator', description: 'May do everything'}],
}

export function account(area, parts, {project, dataset}) {
  const [first, second] = parts
  // What a person has set in the studio is not kept.
  if (area === 'users' && second === 'keyvalue') return []
  if (area === 'users') return first === 'me' ? PERSON : {...PERSON, displayName: PERSON.name}
  if (area === 'ping') return {}
  if (area === 'features') return []
  if (area === 'auth' && first === 'providers') return {providers: []}
  if (area === 'auth' && first === 'id') return {id: PERSON.id}
  if (area !== 'projects') return null
  if (!second) return {id: first, displayName: 'Stand-in', members: [{...PERSON, isCurrentUser: true}], studioHost: null, organizationId: null, metadata: {}}
  if (second === 'users') return {...PERSON, displayName: PERSON.name}
  if (second === 'grants' || second === 'permissions') return {}
  if (second === 'user-applications') return []
  if (second === 'features') return []
  if (second === 'roles') return PERSON.roles
  if (second === 'datasets' && parts.at(-1) === 'acl') return GRANTS
  if (second === 'datasets') return [{name: dataset, aclMode: 'public'}]
  if (second === 'acl') return [{projectUserId: PERSON.id, isRobot: false, roles: PERSON.roles}]
  return null
}

const GRANTS = [{filter: '_id in path("**")', permissions: ['create', 'editHistory', 'history', 'read', 'update']}]
