namespace Lazuli.Storage;

/// <summary>Whom an event concerns: a party, or something from which its parties follow when the event is handed out.</summary>
/// <param name="Kind">What the id is of.</param>
/// <param name="Id">The id; without spaces.</param>
public readonly record struct OutboxAudience(OutboxAudienceKind Kind, string Id)
{
    /// <summary>As it is stored.</summary>
    public override string ToString() => $"{Kind}:{Id}";

    /// <summary>Reads what <see cref="ToString"/> wrote; null for anything else.</summary>
    public static OutboxAudience? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && colon < text.Length - 1 && Enum.TryParse(text[..colon], out OutboxAudienceKind kind) ? new OutboxAudience(kind, text[(colon + 1)..]) : null;
    }
}
