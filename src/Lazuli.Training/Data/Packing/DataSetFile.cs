namespace Lazuli.Training;

/// <summary>One file of a data set: its name inside the folder, its length in bytes and its digest (<c>sha256:…</c>).</summary>
public sealed record DataSetFile(string Name, long Bytes, string Digest);
