// A distribution's configuration, read from the embedded AWS into what a request needs.
import { loadFunction, Stores } from './edge_functions.mjs';

// A deployed change is live after this; it costs some ten small requests.
const FRESH_MS = 1_000;

/** The distribution that the edge serves; read again while it is in use. */
export class Distribution {
    #at = 0;
    #current = null;
    #reading = null;
    #functions = new Map();

    constructor(emulator, id) {
        this.emulator = emulator;
        this.id = id;
        this.stores = new Stores(emulator);
    }

    /** The configuration, at most a second old; an older one while the embedded AWS does not answer. */
    async current() {
        if (performance.now() - this.#at > FRESH_MS || !this.#current) {
            this.#reading ??= this.#read().finally(() => { this.#reading = null; });
            try {
                await this.#reading;
            } catch (error) {
                if (!this.#current) throw error;
            }
        }
        return this.#current;
    }

    async #read() {
        const found = await this.emulator.distribution(this.id);
        if (!found) throw new Error(`the embedded AWS has no distribution ${this.id}`);
        const { config } = found;
        const behaviours = [...config.items('CacheBehaviors'), config.at('DefaultCacheBehavior')];
        this.#current = {
            id: this.id,
            domain: found.domain,
            aliases: config.items('Aliases').map((alias) => alias.value.toLowerCase()),
            rootObject: config.text('DefaultRootObject').replace(/^\//, ''),
            origins: new Map(config.items('Origins').map((origin) => [origin.text('Id'), readOrigin(origin)])),
            errorPages: new Map(config.items('CustomErrorResponses').filter((page) => page.text('ResponsePagePath'))
                .map((page) => [Number(page.text('ErrorCode')), readErrorPage(page)])),
            behaviours: await Promise.all(behaviours.map((behaviour) => this.#behaviour(behaviour))),
        };
        this.#at = performance.now();
    }

    async #behaviour(behaviour) {
        const [cache, forward, response] = await Promise.all([
            this.emulator.policy('cache-policy', behaviour.text('CachePolicyId')),
            this.emulator.policy('origin-request-policy', behaviour.text('OriginRequestPolicyId')),
            this.emulator.policy('response-headers-policy', behaviour.text('ResponseHeadersPolicyId')),
        ]);
        const functions = Object.fromEntries(behaviour.items('FunctionAssociations')
            .map((item) => [item.text('EventType'), item.text('FunctionARN')]));
        const cached = cache?.at('ParametersInCacheKeyAndForwardedToOrigin');
        return {
            pattern: patternOf(behaviour.text('PathPattern') || '*'),
            origin: behaviour.text('TargetOriginId'),
            methods: methodsOf(behaviour),
            encodings: behaviour.flag('Compress') ? encodingsOf(cached) : [],
            forwards: forwardsOf(cached, forward),
            headers: readHeadersPolicy(response),
            onRequest: functions['viewer-request'] ? await this.#function(functions['viewer-request']) : null,
            onResponse: functions['viewer-response'] ? await this.#function(functions['viewer-response']) : null,
            // For the start message: what the edge leaves out of this behaviour.
            ignored: behaviour.items('LambdaFunctionAssociations').length ? ['Lambda@Edge'] : [],
        };
    }

    async #function(arn) {
        const published = await this.emulator.publishedFunction(arn);
        if (!published) throw new Error(`the function ${arn} is not published`);
        const kept = this.#functions.get(arn);
        if (kept?.source === published.source && kept.store === published.store) return kept.handler;
        const handler = await loadFunction(published.source, this.stores.module(published.store));
        this.#functions.set(arn, { ...published, handler });
        return handler;
    }
}

/** The behaviour of an address: the first whose pattern matches, as CloudFront sees the path. */
export function behaviourOf(distribution, path) {
    const seen = normalized(path);
    return distribution.behaviours.find((behaviour) => behaviour.pattern.test(seen));
}

// CloudFront matches a path after merging slashes and removing dot segments, and then
// sends on the path as it came.
function normalized(path) {
    const kept = [];
    for (const part of path.replace(/\/{2,}/g, '/').slice(1).split('/')) {
        if (part === '..') kept.pop();
        else if (part !== '.') kept.push(part);
    }
    return `/${kept.join('/')}`;
}

function patternOf(pattern) {
    const source = [...pattern.replace(/^\//, '')].map((character) => (
        { '*': '.*', '?': '.' }[character] ?? character.replace(/[\\^$.|+()[\]{}]/, '\\$&'))).join('');
    return new RegExp(`^/${source}$`, 's');
}

function methodsOf(behaviour) {
    const named = behaviour.items('AllowedMethods').map((method) => method.value);
    return new Set(named.length ? named : ['GET', 'HEAD']);
}

function readOrigin(origin) {
    const custom = origin.at('CustomOriginConfig');
    return {
        domain: origin.text('DomainName'),
        path: origin.text('OriginPath').replace(/\/$/, ''),
        port: Number(custom.text('HTTPPort') || 80),
        headers: Object.fromEntries(origin.items('CustomHeaders').map((one) => [one.text('HeaderName').toLowerCase(), one.text('HeaderValue')])),
        timeout: 1_000 * Number(custom.text('OriginReadTimeout') || 30),
    };
}

function readErrorPage(page) {
    return { path: page.text('ResponsePagePath'), status: Number(page.text('ResponseCode') || page.text('ErrorCode')) };
}

function encodingsOf(cached) {
    return [
        ...(cached?.flag('EnableAcceptEncodingBrotli') ? ['br'] : []),
        ...(cached?.flag('EnableAcceptEncodingGzip') ? ['gzip'] : []),
    ];
}

// Which headers, cookies and query strings the origin gets: those of the cache policy
// and those of the origin request policy.
function forwardsOf(cached, forward) {
    const either = (kind, list) => {
        const tests = [cached, forward].filter(Boolean).map((policy) => forwardTest(policy.at(`${kind}sConfig`), kind, list));
        return (name) => tests.some((test) => test(name));
    };
    return { header: either('Header', 'Headers'), cookie: either('Cookie', 'Cookies'), query: either('QueryString', 'QueryStrings') };
}

function forwardTest(config, kind, list) {
    const behaviour = config.text(`${kind}Behavior`);
    const plain = (name) => (kind === 'Header' ? name.toLowerCase() : name);
    const names = new Set(config.items(list).map((item) => plain(item.value)));
    switch (behaviour) {
    case 'whitelist': return (name) => names.has(plain(name));
    case 'allExcept': return (name) => !names.has(plain(name));
    case 'all': case 'allViewer': case 'allViewerAndWhitelistCloudFront': return () => true;
    default: return () => false;
    }
}

/** A response headers policy: what to remove, and name, value and whether it overrides. */
function readHeadersPolicy(policy) {
    if (!policy) return { remove: [], set: [], cors: null };
    const custom = policy.items('CustomHeadersConfig')
        .map((item) => [item.text('Header').toLowerCase(), item.text('Value'), item.flag('Override')]);
    return {
        remove: policy.items('RemoveHeadersConfig').map((item) => item.text('Header').toLowerCase()),
        set: [...custom, ...securityHeaders(policy.at('SecurityHeadersConfig'))],
        cors: policy.has('CorsConfig') ? readCors(policy.at('CorsConfig')) : null,
    };
}

function securityHeaders(security) {
    const values = {
        ContentTypeOptions: ['x-content-type-options', () => 'nosniff'],
        FrameOptions: ['x-frame-options', (item) => item.text('FrameOption')],
        ReferrerPolicy: ['referrer-policy', (item) => item.text('ReferrerPolicy')],
        ContentSecurityPolicy: ['content-security-policy', (item) => item.text('ContentSecurityPolicy')],
        XSSProtection: ['x-xss-protection', (item) => (item.flag('Protection') ? `1${item.flag('ModeBlock') ? '; mode=block' : ''}` : '0')],
        StrictTransportSecurity: ['strict-transport-security', (item) => [
            `max-age=${item.text('AccessControlMaxAgeSec')}`,
            ...(item.flag('IncludeSubdomains') ? ['includeSubDomains'] : []),
            ...(item.flag('Preload') ? ['preload'] : []),
        ].join('; ')],
    };
    return Object.entries(values).filter(([name]) => security.has(name))
        .map(([name, [header, value]]) => [header, value(security.at(name)), security.flag(name, 'Override')]);
}

function readCors(cors) {
    const list = (name) => cors.items(name).map((item) => item.value);
    return {
        origins: list('AccessControlAllowOrigins'),
        override: cors.flag('OriginOverride'),
        credentials: cors.flag('AccessControlAllowCredentials'),
        methods: list('AccessControlAllowMethods'),
        headers: list('AccessControlAllowHeaders'),
        expose: list('AccessControlExposeHeaders'),
        maxAge: cors.text('AccessControlMaxAgeSec'),
    };
}
