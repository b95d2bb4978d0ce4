using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Lazuli.Testing;

/// <summary>An issuer of OpenID Connect tokens on a port of 127.0.0.1.</summary>
public sealed class LocalIssuer : IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly RSA _rsa = RSA.Create(2048);
    private readonly ECDsa _ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private LocalIssuer(WebApplication server) => _server = server;

    public string Address { get; private set; } = "";

    /// <summary>What metadata names; the address unless a test says otherwise.</summary>
    public string? Name { get; set; }

    public string Issuer => Name ?? Address;

    public bool IsDown { get; set; }

    public int Fetches { get; private set; }

    /// <summary>Which keys are published.</summary>
    public string[] Published { get; set; } = ["rsa", "ec"];

    public static async Task<LocalIssuer> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        WebApplication server = builder.Build();
        var issuer = new LocalIssuer(server);
        server.Run(issuer.AnswerAsync);
        await server.StartAsync();
        issuer.Address = server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return issuer;
    }

    /// <summary>Signs claims.</summary>
    public string Sign(object claims, string key = "rsa", string? algorithm = null)
    {
        SigningCredentials credentials = key switch
        {
            "rsa" => new SigningCredentials(new RsaSecurityKey(_rsa) { KeyId = "rsa" }, algorithm ?? SecurityAlgorithms.RsaSha256),
            "ec" => new SigningCredentials(new ECDsaSecurityKey(_ec) { KeyId = "ec" }, algorithm ?? SecurityAlgorithms.EcdsaSha256),
            _ => new SigningCredentials(new SymmetricSecurityKey(_rsa.ExportSubjectPublicKeyInfo()) { KeyId = "rsa" }, SecurityAlgorithms.HmacSha256),
        };
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(JsonSerializer.Serialize(claims), credentials);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _rsa.Dispose();
        _ec.Dispose();
    }

    private Task AnswerAsync(HttpContext context)
    {
        Fetches++;
        if (IsDown)
        {
            context.Response.StatusCode = 503;
            return Task.CompletedTask;
        }

        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(context.Request.Path == "/keys" ? Keys() : JsonSerializer.Serialize(new { issuer = Issuer, jwks_uri = Address + "/keys" }));
    }

    private string Keys()
    {
        RSAParameters rsa = _rsa.ExportParameters(false);
        ECParameters ec = _ec.ExportParameters(false);
        object[] keys =
        [
            new { kid = "rsa", kty = "RSA", use = "sig", n = Base64UrlEncoder.Encode(rsa.Modulus), e = Base64UrlEncoder.Encode(rsa.Exponent) },
            new { kid = "ec", kty = "EC", use = "sig", crv = "P-256", x = Base64UrlEncoder.Encode(ec.Q.X), y = Base64UrlEncoder.Encode(ec.Q.Y) },
        ];
        return JsonSerializer.Serialize(new { keys = keys.Where((_, i) => Published.Contains(i == 0 ? "rsa" : "ec")) });
    }
}
