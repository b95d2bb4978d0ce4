namespace Lazuli.Gateway;

/// <summary>What came of one try.</summary>
/// <param name="Status">HTTP status; null where there was no answer.</param>
/// <param name="Error">What went wrong; null when it was delivered.</param>
/// <param name="RetryAfter">How long the endpoint asked to be left alone.</param>
internal sealed record WebhookAnswer(int? Status, string? Error, TimeSpan? RetryAfter = null)
{
    /// <summary>Whether the endpoint wants nothing any more.</summary>
    public bool IsGone => Status == 410;
}
