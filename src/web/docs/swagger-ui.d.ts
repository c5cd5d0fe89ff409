// The part of swagger-ui-dist that the reference uses; the package brings no types.

declare module 'swagger-ui-dist/swagger-ui-bundle.js' {
  interface SwaggerRequest {
    url: string;
    userFetch?: (url: string, options: RequestInit) => Promise<Response>;
    [field: string]: unknown;
  }
  interface Options {
    readonly domNode: Element;
    readonly spec: object;
    readonly deepLinking: boolean;
    readonly validatorUrl: null;
    readonly docExpansion: 'list' | 'none';
    readonly defaultModelsExpandDepth: number;
    readonly tryItOutEnabled: boolean;
    readonly requestInterceptor: (request: SwaggerRequest) => SwaggerRequest;
    readonly plugins: readonly object[];
    readonly syntaxHighlight: { readonly activated: boolean };
  }
  export default function SwaggerUi(options: Options): unknown;
}
