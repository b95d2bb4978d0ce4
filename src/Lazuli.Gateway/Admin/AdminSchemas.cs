using Lazuli.Contracts;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Lazuli.Gateway;

/// <summary>What <see cref="AdminJson"/>'s own forms look like in the OpenAPI document.</summary>
internal static class AdminSchemas
{
    public static Task Describe(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        Type type = Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type;
        if (type == typeof(PartyId) || type == typeof(ProjectId) || type == typeof(GrantId) || type == typeof(InvoiceId) || type == typeof(Currency) || type == typeof(ContentDigest))
        {
            schema.Type = JsonSchemaType.String;
        }
        else if (type == typeof(Money))
        {
            schema.Type = JsonSchemaType.Object;
            schema.Description = "An exact amount: units with up to nine decimals as text, and an ISO 4217 code.";
            schema.Required = new HashSet<string>(StringComparer.Ordinal) { "amount", "currency" };
            schema.Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal)
            {
                ["amount"] = new OpenApiSchema { Type = JsonSchemaType.String },
                ["currency"] = new OpenApiSchema { Type = JsonSchemaType.String },
            };
        }

        return Task.CompletedTask;
    }
}
