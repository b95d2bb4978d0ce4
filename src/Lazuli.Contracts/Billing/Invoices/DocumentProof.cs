namespace Lazuli.Contracts;

/// <summary>A finalised document with what shows that the log holds its digest.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Number">Its number.</param>
/// <param name="Document">The document, canonical JSON, as it was frozen.</param>
/// <param name="Receipt">Shows the log's entry under a checkpoint that the log signed (C2SP tlog-proof).</param>
public sealed record DocumentProof(DocumentKind Kind, string Number, string Document, string Receipt);
