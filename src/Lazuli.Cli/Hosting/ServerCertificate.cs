using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Lazuli.Cli;

/// <summary>The server's certificate, where the settings name one.</summary>
internal static class ServerCertificate
{
    /// <summary>Makes an address speak TLS.</summary>
    /// <exception cref="CommandException">The files are not there, or hold no certificate with its key.</exception>
    public static void Apply(ServeSettings settings, ListenOptions listen)
    {
        if (settings.Certificate.Length == 0)
        {
            return;
        }

        try
        {
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(settings.Certificate);
            listen.UseHttps(new HttpsConnectionAdapterOptions
            {
                ServerCertificate = X509Certificate2.CreateFromPemFile(settings.Certificate, settings.CertificateKey.Length > 0 ? settings.CertificateKey : null),
                ServerCertificateChain = chain,
            });
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"Serve.Certificate '{settings.Certificate}'{(settings.CertificateKey.Length > 0 ? $" with Serve.CertificateKey '{settings.CertificateKey}'" : "")} cannot be used: {e.Message} Wanted are PEM files: the certificate first, and its private key without a password.", ExitCode.Usage, e);
        }
    }
}
