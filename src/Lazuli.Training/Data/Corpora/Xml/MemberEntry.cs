namespace Lazuli.Training;

/// <summary>A member ready to be asked about; <paramref name="Key"/> is its summary as <see cref="XmlCorpusBuilder.Normalize"/> gives it.</summary>
internal sealed record MemberEntry(string Id, MemberName Name, string Summary, string Key, DataSplit Split);
