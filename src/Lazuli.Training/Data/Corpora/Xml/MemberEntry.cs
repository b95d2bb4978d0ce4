namespace Lazuli.Training;

/// <summary>A member ready to be asked about.</summary>
internal sealed record MemberEntry(string Id, MemberName Name, string Summary, DataSplit Split);
