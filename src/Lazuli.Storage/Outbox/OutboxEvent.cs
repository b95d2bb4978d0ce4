namespace Lazuli.Storage;

/// <summary>Something that happened, as its transaction wrote it down.</summary>
/// <param name="Sequence">Its number in its database; later events have higher ones, with gaps.</param>
/// <param name="Id">Its id, for ever.</param>
/// <param name="Type">What happened, e.g. <c>invoice.paid</c>.</param>
/// <param name="Audience">Whom it concerns.</param>
/// <param name="At">When.</param>
/// <param name="Data">About what: a JSON object.</param>
public sealed record OutboxEvent(long Sequence, string Id, string Type, IReadOnlyList<OutboxAudience> Audience, DateTimeOffset At, string Data);
