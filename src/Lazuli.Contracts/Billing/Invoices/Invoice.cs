namespace Lazuli.Contracts;

/// <summary>An invoice and where it stands.</summary>
/// <param name="Id">Its id.</param>
/// <param name="State">Where it is in its life.</param>
/// <param name="Document">What it says.</param>
/// <param name="Digest">SHA-256 of the finalised document's canonical JSON, <c>sha256:…</c>, to be put in the log; empty for a draft.</param>
/// <param name="PaidNanos">What was paid, in nano-units.</param>
public sealed record Invoice(InvoiceId Id, InvoiceState State, InvoiceDocument Document, string Digest, long PaidNanos)
{
    /// <summary>What is still to be paid, in nano-units.</summary>
    public long OpenNanos => State is InvoiceState.Voided or InvoiceState.WrittenOff or InvoiceState.Draft ? 0 : Document.TotalNanos - PaidNanos;
}
