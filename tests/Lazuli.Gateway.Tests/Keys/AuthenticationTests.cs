using System.Net;
using System.Net.Http.Headers;
using Lazuli.Contracts;
using Microsoft.Extensions.DependencyInjection;

namespace Lazuli.Gateway.Tests;

public sealed class AuthenticationTests : IAsyncLifetime
{
    private GatewayServer _server = null!;
    private HttpClient _anonymous = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await GatewayServer.StartAsync();
        _anonymous = new HttpClient { BaseAddress = _server.Address };
    }

    public async ValueTask DisposeAsync()
    {
        _anonymous.Dispose();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData("GET", "/v1/models")]
    [InlineData("GET", "/v1/models/tiny")]
    [InlineData("POST", "/v1/chat/completions")]
    [InlineData("POST", "/v1/completions")]
    public async Task Every_route_of_the_API_wants_a_key(string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using HttpResponseMessage response = await _anonymous.SendAsync(request);
        await BadRequestTests.AssertErrorAsync(response, 401, "invalid_request_error", null, "invalid_api_key");
        Assert.Equal("Bearer", response.Headers.WwwAuthenticate.Single().Scheme);
    }

    [Theory]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    public async Task Health_wants_none(string path) => Assert.Equal("""{"status":"ok"}""", await _anonymous.GetStringAsync(new Uri(path, UriKind.Relative)));

    [Fact]
    public async Task A_key_is_heard_in_both_headers()
    {
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(request => request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _server.Key)));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(request => request.Headers.Authorization = new AuthenticationHeaderValue("bearer", _server.Key)));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(request => request.Headers.Add("api-key", _server.Key)));
    }

    [Fact]
    public async Task A_scheme_other_than_Bearer_is_no_key() =>
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(request => request.Headers.Authorization = new AuthenticationHeaderValue("Basic", _server.Key)));

    [Fact]
    public async Task A_wrong_key_is_named_only_by_its_ends()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/models");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "not-a-real-key-recognized");
        using HttpResponseMessage response = await _anonymous.SendAsync(request);
        string message = await BadRequestTests.AssertErrorAsync(response, 401, "invalid_request_error", null, "invalid_api_key");
        Assert.StartsWith("Incorrect API key provided: not-a-re****ized.", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_revoked_key_ends_with_its_next_request()
    {
        IApiKeyStore keys = _server.App.Services.GetRequiredService<IApiKeyStore>();
        Assert.True(await keys.RevokeAsync((await keys.ListAsync(default)).Single().Id, default));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(request => request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _server.Key)));
    }

    private async Task<HttpStatusCode> StatusAsync(Action<HttpRequestMessage> authenticate)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/models");
        authenticate(request);
        using HttpResponseMessage response = await _anonymous.SendAsync(request);
        return response.StatusCode;
    }
}
