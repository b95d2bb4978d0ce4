using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Lazuli.Gateway;

/// <summary>What the OpenAPI document says beside the endpoints: what the API is, how callers sign in, and what an error looks like.</summary>
internal static class AdminDocument
{
    private const string Bearer = "bearer";
    private const string Problem = "Problem";

    public static Task Describe(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo { Title = "Lazuli admin API", Version = "v1", Description = "Parties, licences, keys, prices, limits, invoices, the ledger, people and webhooks. Errors are RFC 9457 problem details." };
        document.Servers = [];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal)
        {
            [Bearer] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = Bearer,
                Description = "A personal token, a session, or an OpenID Connect token of the configured issuer. On the home's own socket none is asked for.",
            },
        };
        document.Components.Schemas ??= new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal);
        document.Components.Schemas[Problem] = new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Description = "RFC 9457 problem details.",
            Required = new HashSet<string>(StringComparer.Ordinal) { "title", "status", "detail" },
            Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal)
            {
                ["type"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "about:blank: the status says what kind it is." },
                ["title"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "The kind of problem." },
                ["status"] = new OpenApiSchema { Type = JsonSchemaType.Integer, Description = "The HTTP status." },
                ["detail"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "What was wrong, for people." },
            },
        };
        document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Bearer, document)] = [] }];
        var failure = new OpenApiResponse
        {
            Description = "Refused, or failed.",
            Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal) { ["application/problem+json"] = new() { Schema = new OpenApiSchemaReference(Problem, document) } },
        };
        foreach (OpenApiOperation operation in document.Paths.Values.SelectMany(path => path.Operations?.Values.AsEnumerable() ?? []))
        {
            operation.Responses ??= [];
            operation.Responses["default"] = failure;
        }

        return Task.CompletedTask;
    }
}
