using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Registry;

/// <summary>The registry over the embedded database. Models, data sets and runs stand in partials of their own.</summary>
internal sealed partial class ModelRegistry(LazuliDatabase database) : IModelRegistry
{
    private readonly LazuliDatabase _database = database;
}
