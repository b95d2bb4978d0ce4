using System.Security.Cryptography;
using Lazuli.Contracts;
using Lazuli.Storage;
using Microsoft.Extensions.Logging;

namespace Lazuli.Gateway;

/// <summary>Makes one try of a delivery that was taken, and writes down what came of it. Thread-safe.</summary>
internal sealed partial class WebhookCourier(WebhookQueue queue, WebhookSender sender, WebhookKeyFile keys, IAuditLog audit, TimeProvider time, ILogger<WebhookCourier> logger)
{
    /// <summary>Tries; never throws. What is cut off by <paramref name="stoppingToken"/> is given back.</summary>
    public async Task DeliverAsync(WebhookClaim claim, CancellationToken stoppingToken)
    {
        try
        {
            WebhookAnswer answer = await TryAsync(claim, stoppingToken).ConfigureAwait(false);
            string? why = await queue.FinishAsync(claim, answer, Random.Shared.NextDouble(), CancellationToken.None).ConfigureAwait(false);
            if (why is not null)
            {
                // The entry first: without it the endpoint stays on, and its next failure says the same.
                var actor = new Actor("webhooks", new PartyId(claim.Endpoint.Party), PersonRoles.None);
                await audit.AppendAsync(actor, "webhook.disable", claim.Endpoint.Id, asked: null, why, CancellationToken.None).ConfigureAwait(false);
                await queue.DisableAsync(claim.Endpoint.Id, why, CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await ReleaseAsync(claim).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // the lease ends by itself, and the delivery is tried again
        catch (Exception e)
#pragma warning restore CA1031
        {
            Log.Lost(logger, e, claim.Delivery.Id);
        }
    }

    private async Task<WebhookAnswer> TryAsync(WebhookClaim claim, CancellationToken stoppingToken)
    {
        IReadOnlyList<WebhookSecret> secrets;
        try
        {
            secrets = claim.Endpoint.Secrets(keys, time.GetUtcNow());
        }
        catch (CryptographicException e)
        {
            Log.Sealed(logger, e, claim.Endpoint.Id);
            return new WebhookAnswer(null, "The endpoint's secret cannot be opened with this gateway's key file; rotate it.");
        }

        return await sender.SendAsync(claim.Endpoint.Url, claim.Delivery.Event, claim.Delivery.Body, secrets, stoppingToken).ConfigureAwait(false);
    }

    private async Task ReleaseAsync(WebhookClaim claim)
    {
        try
        {
            await queue.ReleaseAsync(claim).ConfigureAwait(false);
        }
        catch (Exception e) when (e is StorageFailedException or ObjectDisposedException)
        {
            Log.Lost(logger, e, claim.Delivery.Id);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 4102, Level = LogLevel.Error, Message = "The secret of webhook endpoint {Endpoint} cannot be opened")]
        public static partial void Sealed(ILogger logger, Exception failure, string endpoint);

        [LoggerMessage(EventId = 4103, Level = LogLevel.Warning, Message = "What came of webhook delivery {Delivery} could not be written down; it is sent again")]
        public static partial void Lost(ILogger logger, Exception failure, string delivery);
    }
}
