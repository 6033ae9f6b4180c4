"""The process that answers the public: serves releases, opens no geometry."""
