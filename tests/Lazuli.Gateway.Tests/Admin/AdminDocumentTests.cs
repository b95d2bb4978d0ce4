using System.Text.Json;
using System.Text.Json.Nodes;
using Lazuli.Testing;

namespace Lazuli.Gateway.Tests;

public sealed class AdminDocumentTests
{
    /// <summary>Whoever wrote a client by it is told of every change by this file's history.</summary>
    [Fact]
    public async Task The_OpenAPI_document_is_as_it_was_published()
    {
        await using AdminServer server = await AdminServer.StartAsync();
        using HttpResponseMessage response = await server.SendLocallyAsync(HttpMethod.Get, "openapi.json");
        Assert.True(response.IsSuccessStatusCode, response.StatusCode.ToString());
        Golden.Matches(Wire.Pretty(await response.Content.ReadAsStringAsync()), "openapi.json");
    }

    [Fact]
    public async Task Every_endpoint_is_in_it_once_with_a_name_and_a_summary()
    {
        await using AdminServer server = await AdminServer.StartAsync();
        using HttpResponseMessage response = await server.SendLocallyAsync(HttpMethod.Get, "openapi.json");
        JsonObject paths = JsonNode.Parse(await response.Content.ReadAsStringAsync())!["paths"]!.AsObject();
        JsonObject[] operations = [.. paths.SelectMany(path => path.Value!.AsObject()).Where(member => member.Value is JsonObject && member.Key != "parameters").Select(member => member.Value!.AsObject())];
        Assert.True(operations.Length > 80, $"{operations.Length} operations");
        Assert.All(operations, operation => Assert.False(string.IsNullOrWhiteSpace((string?)operation["summary"]), operation.ToJsonString(JsonSerializerOptions.Web)));
        string[] names = [.. operations.Select(operation => (string)operation["operationId"]!)];
        Assert.Equal(names.Distinct(StringComparer.Ordinal), names);
    }
}
